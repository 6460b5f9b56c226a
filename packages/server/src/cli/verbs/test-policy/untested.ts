import type { Plan } from "@portcullis/guard";
import { compileSelection, coverageOf } from "@portcullis/guard/policy";
import type { Policy } from "../../../policy/program-policy.ts";
import type { Judged } from "./judged.ts";

/** What no test would notice. */
export interface Untested {
  /** Operations that no test touches. */
  readonly untouched: readonly string[];
  /** Operations at which no test is refused: nobody would notice if they let everybody in. */
  readonly neverRefused: readonly string[];
  /** Entries of the policy's `operations` that speak of no operation that a test touches. */
  readonly rules: readonly string[];
}

export function untestedOf(plan: Plan, policy: Policy, all: readonly Judged[]): Untested {
  const rows = coverageOf(plan).rows.filter(({ api }) => !api.issuer);
  const names = rows.map(({ plan: { name } }) => name);
  const touched = new Set(all.map(({ operation }) => operation));
  const refused = new Set(
    all.flatMap(({ operation, outcome }) => (outcome === "refused" ? operation : [])),
  );
  const entries = policy.operations ?? [];
  const select = compileSelection(entries);
  const used = new Set(
    rows.flatMap(({ operation, plan: { name } }) =>
      touched.has(name) ? select(operation).map(({ index }) => index) : [],
    ),
  );
  return {
    untouched: names.filter((name) => !touched.has(name)),
    neverRefused: names.filter((name) => touched.has(name) && !refused.has(name)),
    rules: entries.flatMap(({ match }, index) =>
      used.has(index) ? [] : `operations[${index}] ${JSON.stringify(match)}`,
    ),
  };
}

export function* untestedLines({ neverRefused, rules, untouched }: Untested): Generator<string> {
  yield `No test touches: ${untouched.join(", ") || "none; every operation is tested"}`;
  yield `No test is refused at: ${neverRefused.join(", ") || "none; every tested operation has one"}`;
  yield `No test reaches the rules: ${rules.join(", ") || "none; every rule is tested"}`;
}
