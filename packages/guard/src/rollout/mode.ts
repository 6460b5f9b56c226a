import type { Mode } from "../control.ts";
import type { Caller } from "../exchange.ts";
import { inCohort } from "./cohort.ts";

/** For whom a control is enforced first; everybody else has `otherwise`. */
export interface StagedMode {
  readonly enforce: { readonly app: string | undefined; readonly percent: number | undefined };
  readonly otherwise: Mode;
}

export type ModeRule = Mode | StagedMode;

export interface ModeDecision {
  /** The mode when it does not depend on the caller. */
  readonly constant: Mode | undefined;
  readonly decide: (caller: Caller) => Mode;
}

/**
 * @param salt names what is rolled out, so that one caller is not the first for everything
 * @param appFits reads a range of app versions; a caller that does not say its version fits none
 */
export function compileMode(rule: ModeRule, salt: string, appFits: (range: string) => (version: string | undefined) => boolean): ModeDecision {
  if (typeof rule === "string") return Object.freeze({ constant: rule, decide: () => rule });
  const { enforce, otherwise } = rule;
  const percent = enforce.percent ?? 100;
  const fits = enforce.app === undefined ? undefined : appFits(enforce.app);
  if (fits === undefined && percent >= 100) return Object.freeze({ constant: "enforce", decide: () => "enforce" });
  return Object.freeze<ModeDecision>({ constant: undefined, decide: (caller) => ((fits === undefined || fits(caller.appVersion)) && inCohort(caller, percent, salt) ? "enforce" : otherwise) });
}
