import { type QueryParameter, Refused } from "../route.ts";

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const mostMs = 400 * 86_400_000;

/** How far back is looked. */
export const sinceParameter = (otherwise: string): QueryParameter => ({
  name: "since",
  description: "Of the last so long, such as 30m, 24h or 7d.",
  schema: { type: "string", default: otherwise },
});

/** @throws Refused where it is no duration */
export function sinceOf(query: URLSearchParams, otherwise: string, nowMs: number): number {
  const said = query.get("since") ?? otherwise;
  const [, count, unit = ""] = /^([1-9]\d{0,5})([mhd])$/.exec(said) ?? [];
  const ms = Number(count) * (unitsMs[unit] ?? Number.NaN);
  if (!(ms <= mostMs))
    throw new Refused(400, "'since' is no duration", "Expected one such as 30m, 24h or 7d.");
  return nowMs - ms;
}
