import type { HeldMode, Mode, ModeRule } from "../facts/mode.ts";
import type { ModeKey } from "./mode-setting.ts";

/** A mode that was set while the program runs, over whatever the policy says. Plain data. */
export interface Switch {
  /** An operation by its name, as records and the plan have it; `*` is every one. */
  readonly operation: string;
  /** One mode key; undefined: every control that follows the policy's mode. */
  readonly control: string | undefined;
  readonly mode: Mode;
  /** Only for builds in this range of versions, such as `<3.2`. */
  readonly app: string | undefined;
  /** Only for this share of callers. */
  readonly percent: number | undefined;
}

type Modes = Readonly<Record<string, HeldMode>>;

/** The modes of an operation under switches, of which later ones win. */
export function laySwitches(
  name: string,
  modes: Readonly<Record<string, ModeRule>>,
  switches: readonly Switch[],
  keys: readonly ModeKey[],
): Modes {
  const about = switches.filter(({ operation }) => operation === "*" || operation === name);
  if (about.length === 0) return modes;
  // Of those for the same callers the last decides: the ones before it would only be asked for
  // nothing, by every request.
  const last = new Map(about.map((one) => [scopeOf(one), one]));
  const own = about.filter((one) => last.get(scopeOf(one)) === one);
  const laid: Record<string, HeldMode> = { ...modes };
  for (const { app, control, mode, percent } of own)
    for (const key of keys)
      if (isAbout(key, control, mode) && laid[key.key] !== undefined)
        laid[key.key] = {
          for: { app, percent },
          mode,
          otherwise: laid[key.key] as HeldMode,
        };
  return laid;
}

const scopeOf = ({ app, control, operation, percent }: Switch): string =>
  JSON.stringify([operation, control, app, percent]);

/** As in the policy: a mode for all enforces nothing that must be named, and closes nothing. */
function isAbout({ key, kind }: ModeKey, control: string | undefined, mode: Mode): boolean {
  if (kind === "always") return false;
  if (control !== undefined) return control === key;
  return kind === "settable" || (kind === "named" && mode !== "enforce");
}
