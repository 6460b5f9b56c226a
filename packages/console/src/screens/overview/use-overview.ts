import { usePlace } from "../../address/place.ts";
import { type Span, spanOf, type Step, stepFor, stepMs, weekBefore } from "../../address/range.ts";
import type { AnswerTo } from "../../api/admin-client.ts";
import { type Answer, useAnswer } from "../../api/use-answer.ts";
import { useNow } from "../../state/now.ts";

export type Series = AnswerTo<"GET /series">;
type SeriesQuery = Readonly<Record<string, string | undefined>>;

/** What the overview asks for: counts of now, and of the same hours a week before. */
export interface OverviewSeries {
  readonly span: Span;
  readonly step: Step;
  readonly stepMs: number;
  readonly outcomes: Answer<Series>;
  readonly observed: Answer<Series>;
  readonly outcomesBefore: Answer<Series>;
}

const everyMs = 20_000;
const lookEveryMs = 60_000;

/** The span of the page: it moves on by whole minutes, so that all parts ask for the same. */
export function usePageSpan(): { readonly span: Span; readonly query: SeriesQuery } {
  const { app, range, version } = usePlace();
  const nowMs = Math.floor(useNow() / lookEveryMs) * lookEveryMs;
  return { span: spanOf(range, nowMs), query: { app, appVersion: version } };
}

export const timesOf = ({ fromMs, toMs }: Span): SeriesQuery => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

export function useOverview(): OverviewSeries {
  const { query, span } = usePageSpan();
  const step = stepFor(span, Date.now());
  const now = { ...query, ...timesOf(span), step };
  // Minutes of last week are not kept: its hours are shown by the minute, evenly.
  const before = {
    ...query,
    ...timesOf(weekBefore(span)),
    by: "outcome",
    step: step === "minute" ? "hour" : step,
  };
  return {
    span,
    step,
    stepMs: stepMs[step],
    outcomes: useAnswer("GET /series", { query: { ...now, by: "outcome" }, everyMs }),
    observed: useAnswer("GET /series", {
      query: { ...now, mode: "observe", outcome: "passed" },
      everyMs,
    }),
    outcomesBefore: useAnswer("GET /series", { query: before }),
  };
}

/** Counts of hours as lines of finer steps, spread evenly. */
export function spread(
  items: Series["items"],
  { fromMs, toMs }: Span,
  fine: number,
  coarse: number,
): readonly (number | undefined)[] {
  const byStep = new Map<number, number>();
  for (const { at, requests } of items)
    byStep.set(Date.parse(at), (byStep.get(Date.parse(at)) ?? 0) + requests);
  const first = Math.floor(fromMs / fine) * fine;
  const steps = Math.max(1, Math.ceil((toMs - first) / fine));
  if (byStep.size === 0) return Array.from({ length: steps }, () => undefined);
  return Array.from({ length: steps }, (_none, index) => {
    const at = first + index * fine;
    return (byStep.get(Math.floor(at / coarse) * coarse) ?? 0) * (fine / Math.max(coarse, fine));
  });
}
