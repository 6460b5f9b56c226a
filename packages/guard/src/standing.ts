import type { Mode, ModeRule } from "./facts/mode.ts";
import { modeKeys, type Plan, problemCatalogue } from "./guard-policy.ts";
import type { ModeKey } from "./policy/mode-setting.ts";

/** How many operations have which mode; `staged`: enforced for some callers, not for all. */
export type ModeCounts = Readonly<Record<Mode | "staged", number>>;

/** One mode key, with what is refused by it and where it stands. */
export interface Standing extends Pick<ModeKey, "key" | "sentence" | "kind"> {
  readonly codes: readonly string[];
  readonly operations: ModeCounts;
}

/** Where each control stands. The issuer's own endpoints are left out. */
export function standingOf({ apis }: Pick<Plan, "apis">): readonly Standing[] {
  const operations = apis.filter(({ issuer }) => !issuer).flatMap((api) => api.operations);
  const problems = [...problemCatalogue.values()];
  return modeKeys.map(({ key, kind, sentence }) => {
    const counts = { off: 0, observe: 0, staged: 0, enforce: 0 };
    for (const { modes } of operations) counts[wordOf(modes[key])] += 1;
    const codes = problems.filter(({ mode }) => mode === key).map(({ code }) => code);
    return { key, kind, sentence, codes, operations: counts };
  });
}

const wordOf = (rule: ModeRule | undefined): Mode | "staged" =>
  rule === undefined ? "off" : typeof rule === "string" ? rule : "staged";
