import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { go } from "../../address/place.ts";
import type { Span } from "../../address/range.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { type ChartMark, type Outcome, stepsIn, valuesAt } from "../../charts/chart.ts";
import { Legend } from "../../charts/legend.tsx";
import { TimeChart } from "../../charts/time-chart.tsx";
import { shortCount } from "../../text/numbers.ts";
import { visibleText } from "../../text/visible.ts";
import { overviewWords as words } from "../../words/overview.ts";
import { type Series, spread } from "./use-overview.ts";

interface RequestsChartProps {
  readonly span: Span;
  readonly stepMs: number;
  readonly outcomes: Series | undefined;
  readonly observed: Series | undefined;
  readonly before: Series | undefined;
}

const order: readonly Outcome[] = ["passed", "observed", "refused", "failed"];
const hourMs = 3_600_000;
const weekMs = 7 * 86_400_000;

/** Requests by what became of them, beside the same hours last week, with what has happened. */
export function RequestsChart({
  before,
  observed,
  outcomes,
  span,
  stepMs,
}: RequestsChartProps): JSX.Element {
  const marks = useMarks();
  const data = useMemo(() => {
    const steps = stepsIn(span, stepMs);
    const rowsOf = (series: Series | undefined, outcome?: string) =>
      (series?.items ?? [])
        .filter((one) => outcome === undefined || one.outcome === outcome)
        .map(({ at, requests }) => ({ at, count: requests }));
    const counted = (series: Series | undefined, outcome?: string): readonly number[] =>
      valuesAt(rowsOf(series, outcome), span.fromMs, stepMs, steps);
    const would = counted(observed);
    const values: Readonly<Record<Outcome, readonly number[]>> = {
      passed: counted(outcomes, "passed").map((count, step) =>
        Math.max(count - (would[step] ?? 0), 0),
      ),
      observed: would,
      refused: counted(outcomes, "refused"),
      failed: counted(outcomes, "failed"),
    };
    const earlier = { fromMs: span.fromMs - weekMs, toMs: span.toMs - weekMs };
    const isKnown = (before?.items.length ?? 0) > 0;
    return {
      span,
      stepMs,
      stacked: order.map((outcome) => ({
        name: words.outcomes[outcome],
        outcome,
        values: values[outcome],
      })),
      before: isKnown
        ? {
            name: words.lastWeek,
            values: spread(before?.items ?? [], earlier, stepMs, Math.max(stepMs, hourMs)),
          }
        : undefined,
      marks,
    };
  }, [span.fromMs, span.toMs, stepMs, outcomes, observed, before, marks]);
  const totals = data.stacked.map(({ name, outcome, values }) => ({
    of: outcome,
    text: `${shortCount(values.reduce((sum, one) => sum + one, 0))} ${name}`,
  }));
  const last = (data.before?.values ?? []).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return (
    <TimeChart title={words.chart} data={data} onBrush={(chosen) => go({ range: chosen })}>
      <Legend
        entries={[
          ...totals,
          // Nothing is said of last week before anything is known of it.
          ...(before === undefined
            ? []
            : [
                {
                  of: "before" as const,
                  text:
                    data.before === undefined
                      ? words.noLastWeek
                      : `${shortCount(last)} ${words.lastWeek}`,
                },
              ]),
        ]}
      />
    </TimeChart>
  );
}

/** Releases and switches, as far as this person may see them. */
function useMarks(): readonly ChartMark[] {
  const releases = useAnswer("GET /releases", { query: { most: "50" } });
  const switches = useAnswer("GET /switches", { query: { ended: "true" } });
  return useMemo(
    () => [
      ...(releases.value?.items ?? []).map(({ app, at, version }) => ({
        atMs: Date.parse(at),
        what: visibleText(words.release(app, version)),
      })),
      ...(switches.value ?? []).flatMap(({ createdAt, mode, operation, undoneAt }) => [
        { atMs: Date.parse(createdAt), what: visibleText(words.switched(operation, mode ?? "")) },
        ...(undoneAt === undefined
          ? []
          : [{ atMs: Date.parse(undoneAt), what: visibleText(words.undone(operation)) }]),
      ]),
    ],
    [releases.value, switches.value],
  );
}
