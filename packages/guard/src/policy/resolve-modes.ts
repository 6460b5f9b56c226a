import { alwaysEnforced, type Control, controls } from "../control.ts";
import type { ModeRule } from "../rollout/mode.ts";
import type { ModeSetting, OneMode } from "./policy-schema.ts";

/** Modes as far as entries name them: one for all controls, and those of single ones. */
export interface NamedModes {
  readonly all: ModeRule | undefined;
  readonly byControl: Readonly<Partial<Record<Control, ModeRule>>>;
}

export const noModes: NamedModes = { all: undefined, byControl: {} };

/** Lays a closer setting over others: what it says of all controls replaces what others said of all, control by control. */
export function layModes(under: NamedModes, setting: ModeSetting | undefined): NamedModes {
  if (setting === undefined) return under;
  if (typeof setting === "string" || "enforce" in setting) return { all: ruleOf(setting as OneMode), byControl: {} };
  const { default: all, ...rest } = setting as Readonly<Record<string, OneMode | undefined>>;
  const byControl: Partial<Record<Control, ModeRule>> = all === undefined ? { ...under.byControl } : {};
  for (const [control, mode] of Object.entries(rest)) if (mode !== undefined) byControl[control as Control] = ruleOf(mode);
  return { all: all === undefined ? under.all : ruleOf(all), byControl };
}

/**
 * Every control's mode. Observed unless the policy says otherwise. `response` is enforced only where it is named:
 * well-behaved backends break their own documents, and their users should not pay for it.
 */
export function resolveModes({ all, byControl }: NamedModes): Readonly<Record<Control, ModeRule>> {
  const entries = controls.map((control): [Control, ModeRule] => {
    if (alwaysEnforced.has(control)) return [control, "enforce"];
    const named = byControl[control];
    if (named !== undefined) return [control, named];
    if (control === "response") return [control, all === "off" ? "off" : "observe"];
    return [control, all ?? "observe"];
  });
  return Object.fromEntries(entries) as Record<Control, ModeRule>;
}

const ruleOf = (mode: OneMode): ModeRule => (typeof mode === "string" ? mode : { enforce: { app: mode.enforce.app, percent: mode.enforce.percent }, otherwise: mode.otherwise });
