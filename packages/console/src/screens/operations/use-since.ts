import { usePlace } from "../../address/place.ts";
import { operationWords as words } from "../../words/operations.ts";

const hourMs = 3_600_000;
const longestHours = 400 * 24;

/** How far back is looked, as the admin API is asked and as people say it. */
export interface Since {
  readonly asked: string;
  readonly said: string;
}

/**
 * From the beginning of the range of the address until now: what would be refused is asked of what
 * holds now. Forecasts look at seven days where the address says nothing.
 */
export function useSince(usual: "24h" | "7d"): Since {
  const { range } = usePlace();
  if (typeof range === "string") {
    const asked = range === "24h" ? usual : range;
    return { asked, said: words.since[asked] };
  }
  const hours = Math.ceil((Date.now() - range.fromMs) / hourMs);
  const whole = Math.min(Math.max(hours, 1), longestHours);
  return { asked: `${whole}h`, said: words.sinceHours(whole) };
}
