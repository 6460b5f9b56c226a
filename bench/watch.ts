import { stagedRequest } from "../packages/server/src/watch/detectors/staged-traffic.ts";
import { stage } from "../packages/server/src/watch/staged-watch.ts";
import { seeded } from "./capacity/seeded.ts";
import { catalogue } from "../packages/server/src/watch/detectors/catalogue.ts";
import { isAtLeast } from "../packages/server/src/watch/detectors/evidence.ts";
import { type Attack, attacks } from "./watch/attacks.ts";
import { Fail2ban } from "./watch/fail2ban.ts";
import { intervalOf } from "./watch/interval.ts";
import { type Random, sessions, signIns, type Staged } from "./watch/people.ts";

/**
 * What detectors find, and when, in traffic of which it is known what it is: people who share
 * addresses, mistype and forget, and attacks among them. The rows are made up; the detectors and the
 * incidents are the gate's own, with the settings that they have without any.
 *
 * node tools/run.mjs bench/watch.ts [SEEDS]
 */
const seeds = Number(process.argv[2] ?? 5);
const dayMs = 24 * 3_600_000;
const start = Date.UTC(2026, 10, 2);
const signInsADay = 60_000;
const sessionsADay = 20_000;
const quietDays = 5;
const noonMs = 12 * 3_600_000;

const inOrder = (all: readonly Staged[]): Staged[] =>
  all.toSorted((one, other) => one.atMs - other.atMs);

const day = (index: number, random: Random): Staged[] => [
  ...signIns(start + index * dayMs, signInsADay, random),
  ...sessions(start + index * dayMs, sessionsADay, random),
];

/** What became of one attack among people. */
interface Outcome {
  readonly delaySeconds: number;
  readonly incidents: number;
  readonly harm: number;
  readonly bannedSeconds: number;
  /** Those whose evidence is in an incident about it. */
  readonly detectors: ReadonlySet<string>;
}

/** Somebody was let in, an object or stock is gone, a card was found to work. */
const isHarm = ({ decisions = [], outcome, role, wasShown }: Staged["sent"]): boolean =>
  decisions.length > 0 || wasShown === false || (role !== undefined && outcome === "success");

/** @param off a detector that does not look */
function run(attack: Attack, seed: number, off?: string): Outcome {
  const random = seeded(seed * 1000 + attacks.indexOf(attack));
  const staged = stage(off === undefined ? {} : { [off]: "off" });
  const among = new Fail2ban();
  for (const { atMs, sent, who } of inOrder(day(0, random))) staged.send(atMs, who, sent);
  const from = start + dayMs + noonMs;
  const known = new Set<string>();
  let [delay, harm] = [Number.POSITIVE_INFINITY, 0];
  const ids = new Set<string>();
  const detectors = new Set<string>();
  /** Of its records, most are the attack's. */
  const isFound = (): boolean => {
    for (const { detectors: by, id, records } of staged.incidents())
      if (records.filter(({ traceId }) => known.has(traceId)).length * 2 > records.length) {
        ids.add(id);
        for (const name of by) detectors.add(name);
      }
    return ids.size > 0;
  };
  for (const { atMs, attack: of, sent, who } of inOrder([
    ...day(1, random),
    ...attack.requests(from, random),
  ])) {
    const request = stagedRequest(atMs, who, sent);
    if (of !== undefined) {
      known.add(request.traceId);
      among.note(atMs, who.address, sent);
    }
    staged.watch.note(request);
    if (of === undefined || Number.isFinite(delay)) continue;
    if (isFound()) delay = atMs - from;
    else if (isHarm(sent)) harm += 1;
  }
  isFound();
  return {
    delaySeconds: delay / 1000,
    incidents: ids.size,
    harm,
    bannedSeconds: ((among.firstMs ?? Number.POSITIVE_INFINITY) - from) / 1000,
    detectors,
  };
}

const [medium, any, banned]: [number[], number[], number[]] = [[], [], []];
let [rows, nanoseconds] = [0, 0n];
const kinds = new Map<string, number>();
const found = new Map<string, Outcome[]>();
const honest = quietDays * (signInsADay + sessionsADay);
const per = (count: number): number => (count / honest) * 100_000;

for (let seed = 1; seed <= seeds; seed += 1) {
  const random = seeded(seed);
  const quiet = stage();
  const rule = new Fail2ban();
  for (let index = 0; index < quietDays; index += 1)
    for (const { atMs, sent, who } of inOrder(day(index, random))) {
      const request = stagedRequest(atMs, who, sent);
      const before = process.hrtime.bigint();
      quiet.watch.note(request);
      nanoseconds += process.hrtime.bigint() - before;
      rows += 1;
      rule.note(atMs, who.address, sent);
    }
  for (const { kind, severity } of quiet.incidents())
    kinds.set(`${kind} ${severity}`, (kinds.get(`${kind} ${severity}`) ?? 0) + 1);
  any.push(per(quiet.incidents().length));
  medium.push(
    per(quiet.incidents().filter(({ severity }) => isAtLeast(severity, "medium")).length),
  );
  banned.push(rule.banned.size / quietDays);
  for (const attack of attacks)
    found.set(attack.name, [...(found.get(attack.name) ?? []), run(attack, seed)]);
}

console.log(`${seeds} seeds; means with intervals of 95 %`);
console.log(
  `incidents per 100,000 honest sessions (${honest} a seed): ${intervalOf(any)}, medium or worse: ${intervalOf(medium)}`,
);
console.log([...kinds].map(([kind, count]) => `${kind}: ${count}`).join(", "));
console.log(`addresses of honest people that fail2ban's rule bans a day: ${intervalOf(banned)}`);
console.log(
  `control thread: ${(Number(nanoseconds) / rows / 1000).toFixed(2)} µs a request, ${rows} requests`,
);
console.log(
  "| attack | found after, s | harm before | incidents | fail2ban, s |\n|---|---|---|---|---|",
);
for (const { name, what } of attacks) {
  const all = found.get(name) ?? [];
  const of = (value: (one: Outcome) => number): string => intervalOf(all.map(value));
  console.log(
    `| ${what} | ${of((one) => one.delaySeconds)} | ${of((one) => one.harm)} | ${of((one) => one.incidents)} | ${of((one) => one.bannedSeconds)} |`,
  );
}

// What is lost without each detector: of the first seed, where it had a part.
console.log("| without | attack | found after, s, instead of |\n|---|---|---|");
const seconds = (value: number): string => (Number.isFinite(value) ? value.toFixed(0) : "never");
for (const { facts } of catalogue)
  for (const attack of attacks) {
    const first = found.get(attack.name)?.[0];
    if (first?.detectors.has(facts.name) !== true) continue;
    const { delaySeconds } = run(attack, 1, facts.name);
    console.log(
      `| ${facts.name} | ${attack.what} | ${seconds(delaySeconds)}, ${seconds(first.delaySeconds)} |`,
    );
  }
