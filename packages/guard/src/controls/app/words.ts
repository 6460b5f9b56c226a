import { readRange, readVersion } from "../../facts/app.ts";
import type { ModeRule } from "../../facts/mode.ts";
import type { Finding, FindingAt, Words } from "../control.ts";
import type { UpgradeRules } from "./forced-upgrade.ts";

/** Keys by which a caller is held to be who it says, and to what is its own. */
const guarding = ["authentication", "binding", "ownership"] as const;

/** A version that no build has: an upper bound of a stage is passed by naming a newer one. */
const beyond: readonly number[] = [999_999_999];

/** Whether a caller may be outside the stage, by what it says of itself or by saying nothing. */
function isOpen(rule: ModeRule | undefined, { apps, required }: UpgradeRules): boolean {
  if (typeof rule !== "object" || rule.otherwise === "enforce") return false;
  const { app: range } = rule.enforce;
  const fits = range === undefined ? undefined : readRange(range);
  if (fits === undefined) return false;
  const leastOf = apps.map(({ minVersion }) => readVersion(minVersion ?? "0"));
  const allFit = leastOf.every((least) => least !== undefined && fits(least)) && fits(beyond);
  return !(required && allFit);
}

/**
 * A stage goes by what the caller says of itself. Who was never seen in it, and names no build or
 * an older one, is outside: what the key guards stands open to whoever does so.
 */
function findings(
  _own: undefined,
  { anonymous, identified, modes, name }: FindingAt,
  rules: UpgradeRules,
): readonly Finding[] {
  if (!identified || anonymous === true) return [];
  // Where callers must name a build that is served, only those in the stage come so far.
  const served = modes["app"] === "enforce" ? rules : { ...rules, required: false };
  const open = guarding.filter((key) => isOpen(modes[key], served));
  if (open.length === 0) return [];
  return [
    {
      kind:
        "[are|is] enforced for the app versions of a stage, and open to callers who name none or an " +
        "older one (stage by percent, or refuse older builds: requireApp and minVersion, with " +
        "mode app: enforce)",
      what: `${name} (${open.join(" ")})`,
    },
  ];
}

export const words: Words<UpgradeRules, undefined> = { findings };
