// Modes as they hold for a caller, and what switches make of them; without the controls.
export { compareVersions, readRange, readVersion } from "../facts/app.ts";
export type { Effect } from "../facts/decision.ts";
export { firstPercent, type HeldMode, type Mode, type ModeRule } from "../facts/mode.ts";
export { laySwitches, type Switch } from "../policy/switches.ts";
