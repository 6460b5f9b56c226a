import type { Bucket, LimitState } from "../../state/state.ts";
import { compileLimit } from "./compile-limit.ts";
import { type CountedFacts, isLimitPart, type LimitPart } from "./limit-key.ts";
import type { LimitPlan } from "./plan.ts";
import type { LimitRule, OperationLimits } from "./rules.ts";

/** Whom limits count, by the words of a policy's `per`: `user` is ann, `body.username` is her name. */
export type NamedCaller = Readonly<Partial<Record<LimitPart, string>>>;

/** A limit that counts whoever was named. */
interface NamedLimit {
  /** Where it stands in the policy: entry and limit, from 1. */
  readonly place: string;
  readonly per: readonly LimitPart[];
  readonly operations: readonly string[];
  /** By what else it counts, so that nobody can tell which of its buckets is meant. */
  readonly needs: readonly LimitPart[];
  /** What it has counted; none where it needs more, or counts only what is in flight. */
  readonly buckets: readonly Bucket[];
}

/** What became of a limit that counts whoever was named. Plain data: it travels. */
export interface GivenLimit extends Omit<NamedLimit, "buckets"> {
  /** Whether it counts nothing of whoever was named any more; with `needs`, nothing was done. */
  readonly isGiven: boolean;
}

export interface GivenBack {
  readonly limits: readonly GivenLimit[];
  /** Why what many nodes share was not told; undefined where it was. */
  readonly lost: string | undefined;
}

interface Counting {
  readonly apis: readonly { readonly operations: readonly OperationAt[] }[];
  readonly undeclared: OperationAt;
  readonly controls: { readonly limit: LimitPlan };
}

/** Gives back what limits have taken of whoever is named, wherever it is counted. */
export async function giveBack(
  named: NamedCaller,
  { apis, controls, undeclared }: Counting,
  state: LimitState,
  atMs: number,
): Promise<GivenBack> {
  const operations = [...apis.flatMap((api) => api.operations), undeclared];
  const limits: GivenLimit[] = [];
  let lost: string | undefined;
  for (const { buckets, ...limit } of limitsOf(named, operations, controls.limit, atMs)) {
    let isGiven = buckets.length > 0;
    try {
      for (const bucket of buckets) await state.giveBack(bucket);
    } catch (fault) {
      isGiven = false;
      lost ??= (fault as Error).message;
    }
    limits.push({ ...limit, isGiven });
  }
  return { limits, lost };
}

interface OperationAt {
  readonly name: string;
  readonly controls: { readonly limit: OperationLimits };
}

/** The buckets of whoever is named, at every limit of these operations. */
function limitsOf(
  named: NamedCaller,
  operations: readonly OperationAt[],
  plan: LimitPlan,
  atMs: number,
): readonly NamedLimit[] {
  const facts = factsOf(named);
  const found = new Map<string, NamedLimit>();
  for (const { controls, name } of operations) {
    const { rules } = controls.limit;
    const byAddress = rules.some(({ per }) => per.includes("address"));
    for (const rule of rules) {
      if (rule.kind === "concurrent" || !isAbout(rule, named)) continue;
      const limit = compileLimit(rule, { ...plan, operation: name, byAddress });
      const needs = rule.per.filter((part) => !isNamed(part, named, limit.skipsStrangers));
      const who = limit.whoOf(facts);
      const key = `${rule.name}\n${needs.length > 0 ? "" : who}`;
      const bucket = limit.boundsOf(facts).bucketOf(who, atMs);
      found.set(key, {
        place: rule.place,
        per: rule.per,
        operations: [...(found.get(key)?.operations ?? []), name],
        needs,
        buckets: needs.length > 0 ? [] : [bucket],
      });
    }
  }
  return [...found.values()];
}

/** Whether it counts by something that was named. */
const isAbout = ({ per }: LimitRule, named: NamedCaller): boolean =>
  per.some((part) => named[part] !== undefined) ||
  (named.everyone !== undefined && per.every((part) => part === "operation")) ||
  (hasNobody(named) && (per.includes("user") || per.includes("device"))) ||
  (named.user !== undefined && per.includes("device"));

/** An address alone: that of callers who are not signed in. */
const hasNobody = ({ address, device, tier, user }: NamedCaller): boolean =>
  address !== undefined && (user ?? device ?? tier) === undefined;

function isNamed(part: LimitPart, named: NamedCaller, skipsStrangers: boolean): boolean {
  if (named[part] !== undefined || part === "operation") return true;
  if (part === "everyone") return true;
  if (part === "device" && named.user !== undefined) return true;
  // Whoever is not signed in counts by the address there, unless another limit counts that.
  return (part === "user" || part === "device") && hasNobody(named) && !skipsStrangers;
}

function factsOf(named: NamedCaller): CountedFacts {
  const { address = "", app, device, tier, user } = named;
  const isSomebody = (user ?? device ?? tier) !== undefined;
  return {
    address,
    app: app === undefined ? undefined : { id: app, numbers: [] },
    caller: isSomebody ? { key: user ?? "", deviceId: device, tier } : undefined,
    body: bodyOf(named),
  };
}

function bodyOf(named: NamedCaller): unknown {
  // Without a prototype, whatever a part is called.
  const body: Record<string, unknown> = Object.create(null);
  for (const [part, value] of Object.entries(named)) {
    if (!part.startsWith("body.")) continue;
    const names = part.split(".").slice(1);
    const last = names.pop() as string;
    let at = body;
    for (const name of names) at = (at[name] ??= Object.create(null)) as Record<string, unknown>;
    at[last] = value;
  }
  return body;
}

const form = /^([a-z]+(?:\.[A-Za-z0-9_.-]+)?):(.+)$/s;

/**
 * Reads `user:ann` or `body.username:ann@x`, and `everyone`, which has no value.
 *
 * @returns undefined where it is none of them
 */
export function readNamed(text: string): readonly [part: LimitPart, value: string] | undefined {
  if (text === "everyone") return ["everyone", ""];
  const [, part = "", value = ""] = form.exec(text) ?? [];
  if (!isLimitPart(part) || part === "operation" || part === "everyone") return undefined;
  return [part, value];
}
