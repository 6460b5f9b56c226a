import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";
import type { EntryOf } from "../../policy/keys.ts";
import type { keys } from "./policy.ts";
import type { Tiers } from "./rules.ts";

type Entry = EntryOf<typeof keys & CoreKeys>;
export type Limit = NonNullable<Entry["limits"]>[number];

const kinds = ["rate", "quota", "concurrent", "bytes", "sum"] as const;
export type Kind = (typeof kinds)[number];

/** What a limit says that it is; undefined where it says several things, or none. */
export function kindOf(limit: Limit): Kind | undefined {
  const said = kinds.filter((kind) => limit[kind] !== undefined);
  return said.length === 1 ? said[0] : undefined;
}

interface At {
  readonly limit: Limit;
  readonly kind: Kind;
  readonly tiers: Tiers;
}

interface Contradiction {
  /** The key that it is said of. */
  readonly key: string;
  readonly says: (at: At) => string | undefined;
  readonly expected: string;
}

const largestOf = ({ kind, limit, tiers }: At): number => {
  const { burst, concurrent, quota, rate } = limit;
  if (kind === "concurrent") return typeof concurrent === "number" ? concurrent : Infinity;
  // What each request takes of these, nobody knows before it comes.
  if (kind === "bytes" || kind === "sum") return Infinity;
  if (kind === "quota")
    return typeof quota === "object"
      ? quota.most
      : Math.min(...tiers.map(([, tier]) => tier.quota?.most ?? Infinity));
  if (burst !== undefined) return burst;
  return typeof rate === "object"
    ? rate.count
    : Math.min(...tiers.map(([, tier]) => tier.rate?.count ?? Infinity));
};

/** Everything that a limit may say and cannot mean. */
const contradictions: readonly Contradiction[] = [
  {
    key: "rate",
    says: ({ limit, tiers }) =>
      limit.rate === "tier" && !hasEach(tiers, "rate")
        ? tiers.length === 0
          ? "a rate by tier needs tiers"
          : "a rate by tier needs a rate of every tier"
        : undefined,
    expected: "limits: { tiers: { standard: 100/min } }",
  },
  {
    key: "quota",
    says: ({ limit, tiers }) =>
      limit.quota === "tier" && !hasEach(tiers, "quota")
        ? "a quota by tier needs a quota of every tier"
        : undefined,
    expected: "limits: { tiers: { standard: { rate: 100/min, quota: 10000/month } } }",
  },
  {
    key: "burst",
    says: ({ kind, limit }) =>
      limit.burst !== undefined && kind !== "rate" ? "only a rate has a burst" : undefined,
    expected: "no burst beside a quota, concurrent, bytes or sum",
  },
  {
    key: "zone",
    says: ({ kind, limit: { bytes, most, zone } }) => {
      if (zone === undefined || kind === "quota") return undefined;
      const amount = kind === "bytes" ? bytes : most;
      return typeof amount === "object" && amount.kind === "quota"
        ? undefined
        : "only what is counted for days or months has a time zone";
    },
    expected: "a zone beside a quota, or beside bytes or a sum of a day or month",
  },
  {
    key: "cost",
    says: ({ kind, limit }) =>
      limit.cost !== undefined && kind === "concurrent"
        ? "a request in flight takes one place"
        : undefined,
    expected: "no cost beside concurrent",
  },
  {
    key: "cost",
    says: ({ kind, limit }) =>
      limit.cost !== undefined && (kind === "bytes" || kind === "sum")
        ? "what a request takes is told by the request"
        : undefined,
    expected: "no cost beside bytes or sum",
  },
  {
    key: "sum",
    says: ({ kind, limit }) =>
      kind === "sum" && limit.most === undefined
        ? "nothing says how much it may come to"
        : undefined,
    expected: "such as { sum: body.amount, most: 2000/day, per: user }",
  },
  {
    key: "most",
    says: ({ kind, limit }) =>
      limit.most !== undefined && kind !== "sum" ? "only a sum has a most" : undefined,
    expected: "a most beside sum",
  },
  {
    key: "count",
    says: ({ kind, limit }) =>
      kind === "bytes" && limit.count !== undefined && limit.count !== "all"
        ? "bytes have passed whatever the answer says"
        : undefined,
    expected: "no count beside bytes",
  },
  {
    key: "cost",
    says: (at) =>
      (at.limit.cost ?? 1) > largestOf(at)
        ? `no request can pass: it takes ${at.limit.cost ?? 1}, and there are never more than ${largestOf(at)}`
        : undefined,
    expected: "a cost of at most the burst, or a larger burst",
  },
  {
    key: "count",
    says: ({ kind, limit }) =>
      kind === "concurrent" && limit.count !== undefined && limit.count !== "all"
        ? "whether an answer counts is not known while the request is in flight"
        : undefined,
    expected: "no count beside concurrent",
  },
];

const hasEach = (tiers: Tiers, key: "quota" | "rate"): boolean =>
  tiers.length > 0 && tiers.every(([, tier]) => tier[key] !== undefined);

/** Notes what limits and tiers say and cannot mean: once, whatever their entries select. */
export function noteContradictions(
  entries: readonly Entry[],
  tiers: Tiers,
  context: JoinContext,
): void {
  for (const [index, { failure, limits }] of entries.entries()) {
    const entryAt = ["operations", String(index)];
    limits?.forEach((limit, at) =>
      noteLimit(limit, [...entryAt, "limits", String(at)], tiers, context),
    );
    if (
      failure !== undefined &&
      (failure.response === undefined) !== (failure.equals === undefined)
    )
      context.note([...entryAt, "failure"], "response and equals belong together", {
        expected: "failure: { response: /ok, equals: false }",
      });
  }
  for (const [name, { quota, rate }] of tiers)
    if (quota === undefined && rate === undefined)
      context.note(["limits", "tiers", name], `the tier '${name}' allows nothing that is named`, {
        expected: "a rate, a quota, or both",
      });
    else if (quota !== undefined && !saysTier(entries, "quota"))
      context.note(["limits", "tiers", name, "quota"], "no limit is by this quota", {
        expected: "an entry of operations with limits: [{ quota: tier, per: user }]",
      });
}

const saysTier = (entries: readonly Entry[], key: "quota" | "rate"): boolean =>
  entries.some(({ limits }) => limits?.some((limit) => limit[key] === "tier") === true);

function noteLimit(limit: Limit, place: PolicyPath, tiers: Tiers, context: JoinContext): void {
  const kind = kindOf(limit);
  if (kind === undefined) {
    context.note(place, "a limit is exactly one of rate, quota, concurrent, bytes and sum", {
      expected: "such as { rate: 300/min, per: user }",
    });
    return;
  }
  for (const { expected, key, says } of contradictions) {
    const message = says({ kind, limit, tiers });
    if (message !== undefined) context.note([...place, key], message, { expected });
  }
}
