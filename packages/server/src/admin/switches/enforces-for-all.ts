import { readRange } from "@portcullis/guard/policy";
import type { SwitchState } from "./switching.ts";

interface Wished {
  readonly state: SwitchState;
  readonly control?: string | undefined;
  readonly app?: string | undefined;
  readonly percent?: number | undefined;
}

const first = [0, 0, 0, 1];
const last = [999_999_999];

/**
 * Whether a switch refuses everybody from then on whom it refuses at all: a control that is
 * enforced, or an operation that is closed, for every build and every caller. A range that holds the
 * first and the last build that can be is every build, and a share of 100 is everybody.
 */
export function enforcesForAll({ app, control, percent = 100, state }: Wished): boolean {
  const refuses = state === "enforce" || (state === "off" && control === undefined);
  const holds = app === undefined ? undefined : readRange(app);
  const isEveryBuild = holds === undefined || (holds(first) && holds(last));
  return refuses && percent >= 100 && isEveryBuild;
}
