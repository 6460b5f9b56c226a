import { coverageOf, type ModeRule, type Plan } from "@portcullis/guard/policy";

/** An operation, with what guards it by the policy: plain data for those who look at it. */
export interface GuardedOperation {
  /** As records and the plan have it. */
  readonly name: string;
  /** `METHOD /path`; of what no document names, nothing. */
  readonly place: string | undefined;
  readonly tags: readonly string[];
  /** By mode key. */
  readonly modes: Readonly<Record<string, ModeRule>>;
  /** By mode key, in words: what stands there. Keys that are not here say nothing of themselves. */
  readonly rules: Readonly<Record<string, string>>;
  readonly holes: readonly Hole[];
}

/** What the policy leaves open. */
export type Hole = "sign-in-without-failure-limit" | "write-without-owner";

const writes: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** All operations of a plan and what no document names, the built-in issuer's pages left out. */
export function guardedOperations(plan: Plan): readonly GuardedOperation[] {
  const { columns, rows } = coverageOf(plan);
  const declared = rows
    .filter(({ api }) => !api.issuer)
    .map(({ cells, operation, plan: own }): GuardedOperation => {
      const { limit, ownership, signal } = own.controls;
      const isOpen =
        writes.has(operation.method) &&
        operation.pathTemplate.includes("{") &&
        own.anonymous === false &&
        ownership.owners === undefined &&
        !ownership.ownerless;
      const isGuessed =
        signal?.role === "sign-in" && !limit.rules.some(({ count }) => count === "failures");
      return {
        name: own.name,
        place: `${operation.method} ${operation.pathTemplate}`,
        tags: operation.tags,
        modes: own.modes,
        rules: Object.fromEntries([
          ...columns.flatMap(({ key, modeKey }) =>
            modeKey === undefined ? [] : [[modeKey, cells[key] ?? "-"]],
          ),
          // Who has nothing to prove is asked for no token.
          ...(plan.identified
            ? signedInKeys(plan).map((key) => [key, own.anonymous === true ? "-" : "signed in"])
            : []),
        ]) as GuardedOperation["rules"],
        holes: [
          ...(isOpen ? (["write-without-owner"] as const) : []),
          ...(isGuessed ? (["sign-in-without-failure-limit"] as const) : []),
        ],
      };
    });
  const { modes, name } = plan.undeclared;
  return [...declared, { name, place: undefined, tags: [], modes, rules: {}, holes: [] }];
}

/** Controls that have something to decide wherever somebody must have signed in. */
const signedInKeys = ({ controls: { binding } }: Plan): readonly string[] =>
  binding.binding === "none" ? ["authentication"] : ["authentication", "binding"];
