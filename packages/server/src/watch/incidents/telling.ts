import type { AttackKey, KeyKind } from "../detectors/evidence.ts";
import type { KeptSeen } from "../detectors/recent-seen.ts";
import type { TellingRecord, Touched } from "./incident.ts";

const mostRecords = 10;
const fewFirst = 3;

/** A key that explains less than this of what was seen is not whom it is about. */
const explains = 0.8;

const hashes: Readonly<
  Record<Exclude<KeyKind, "everybody" | "program">, (seen: KeptSeen) => number>
> = {
  device: ({ signal }) => signal.device,
  subject: ({ signal }) => signal.subject,
  client: ({ client }) => client,
  address: ({ signal }) => signal.address,
  network: ({ signal }) => signal.network,
  target: ({ signal }) => signal.target,
};

/** A key, and how much of what was seen it explains. */
export type Explaining = AttackKey & { readonly share: number };

/**
 * Every key that explains four fifths of what was seen, the narrowest first, and everybody last.
 *
 * @param told what evidence is held against: only it says that a program is not the app of everybody
 */
export function explainingKeys(seen: readonly KeptSeen[], told?: AttackKey): readonly Explaining[] {
  const found: Explaining[] = [];
  for (const [kind, hashOf] of Object.entries(hashes)) {
    const counts = new Map<number, number>();
    let [best, most] = [0, 0];
    for (const one of seen) {
      const hash = hashOf(one);
      if (hash === 0) continue;
      const count = (counts.get(hash) ?? 0) + 1;
      counts.set(hash, count);
      if (count > most) [best, most] = [hash, count];
    }
    if (most >= seen.length * explains && most > 0)
      found.push({ kind: kind as KeyKind, hash: best, share: most / seen.length });
  }
  const program = told?.kind === "program" ? [{ ...told, share: 1 }] : [];
  return [...found, ...program, { kind: "everybody", hash: 0, share: 1 }];
}

/** What succeeded tells most, then how it began, then how it is now. */
export function mostTelling(seen: readonly KeptSeen[]): readonly TellingRecord[] {
  const succeeded = seen.filter(({ attempt }) => attempt === "good").slice(0, 4);
  const others = seen.filter((one) => !succeeded.includes(one));
  const first = others.slice(0, fewFirst);
  const rest = mostRecords - succeeded.length - first.length;
  const last = others.slice(fewFirst).slice(-rest);
  return [...succeeded, ...first, ...last]
    .toSorted((one, other) => one.atMs - other.atMs)
    .map(recordOf);
}

function recordOf({ address, atMs, attempt, code, operation, status, subject, traceId }: KeptSeen) {
  return {
    traceId,
    time: new Date(atMs).toISOString(),
    operation,
    status,
    ...(code === undefined ? {} : { code }),
    ...(attempt === undefined ? {} : { attempt: attemptWords[attempt] }),
    ...(address === undefined ? {} : { address }),
    ...(subject === undefined ? {} : { subject }),
  };
}

const attemptWords = { bad: "failed", good: "succeeded", held: "held by a limit" } as const;

/** Those that were told apart among the newest requests that belong to it. */
export function touchedBy(seen: readonly KeptSeen[]): Touched {
  const count = (hashOf: (one: KeptSeen) => number): number => {
    const all = new Set(seen.map(hashOf));
    all.delete(0);
    return all.size;
  };
  return {
    accounts: count(({ signal }) => signal.target),
    addresses: count(({ signal }) => signal.address),
    callers: count(({ signal }) => signal.subject),
    objects: count(({ signal }) => signal.object),
  };
}

/** As much as either has told apart: what is forgotten meanwhile stays counted. */
export const mostOf = (one: Touched, other: Touched): Touched => ({
  accounts: Math.max(one.accounts, other.accounts),
  addresses: Math.max(one.addresses, other.addresses),
  callers: Math.max(one.callers, other.callers),
  objects: Math.max(one.objects, other.objects),
});
