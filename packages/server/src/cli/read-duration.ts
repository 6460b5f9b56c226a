import { Misuse } from "./terminal.ts";

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a flag says, such as `90d`, in milliseconds. @throws Misuse */
export function readDuration(flag: string, said: string): number {
  const [, count, unit = ""] = /^([1-9]\d{0,5})([mhd])$/.exec(said) ?? [];
  const unitMs = unitsMs[unit];
  if (unitMs === undefined)
    throw new Misuse(`--${flag} ${said} is no duration; expected such as 30m, 24h or 90d`);
  return Number(count) * unitMs;
}
