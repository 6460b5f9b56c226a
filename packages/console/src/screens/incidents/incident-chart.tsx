import type { JSX } from "preact";
import type { AnswerTo } from "../../api/admin-client.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { go } from "../../address/place.ts";
import { stepFor, stepMs, weekBefore } from "../../address/range.ts";
import { type Outcome, stepsIn, valuesAt } from "../../charts/chart.ts";
import { TimeChart } from "../../charts/time-chart.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { visibleText } from "../../text/visible.ts";
import { incidentWords as words } from "../../words/incidents.ts";
import { overviewWords } from "../../words/overview.ts";

const hourMs = 3_600_000;
const everyMs = 15_000;
const order: readonly Outcome[] = ["passed", "refused", "failed"];

/** The attacked operation from an hour before until an hour after, with all that happened. */
export function IncidentChart({
  incident,
}: {
  readonly incident: AnswerTo<"GET /incidents/{id}">;
}): JSX.Element {
  const { lastAt, operation, startedAt, timeline } = incident;
  const minute = 60_000;
  const span = {
    fromMs: Math.floor((Date.parse(startedAt) - hourMs) / minute) * minute,
    toMs: Math.ceil(Math.min(Date.parse(lastAt) + hourMs, Date.now()) / minute) * minute,
  };
  const step = stepFor(span, Date.now());
  const query = {
    operation,
    by: "outcome",
    step,
    from: new Date(span.fromMs).toISOString(),
    to: new Date(span.toMs).toISOString(),
  };
  const now = useAnswer("GET /series", { query, everyMs }).value;
  const earlier = weekBefore(span);
  const coarse = step === "minute" ? "hour" : step;
  const before = useAnswer("GET /series", {
    query: {
      operation,
      step: coarse,
      from: new Date(earlier.fromMs).toISOString(),
      to: new Date(earlier.toMs).toISOString(),
    },
  }).value;
  const steps = stepsIn(span, stepMs[step]);
  const stacked = order.map((outcome) => ({
    name: overviewWords.outcomes[outcome],
    outcome,
    values: valuesAt(
      (now?.items ?? [])
        .filter((one) => one.outcome === outcome)
        .map(({ at, requests }) => ({ at, count: requests })),
      span.fromMs,
      stepMs[step],
      steps,
    ),
  }));
  const usual = before?.items ?? [];
  const each = usual.reduce((sum, { requests }) => sum + requests, 0) / Math.max(usual.length, 1);
  return (
    <>
      <TimeChart
        title={words.chart(visibleText(operation))}
        onBrush={(range) => go({ path: "/live", filter: `op:${operation}`, range })}
        data={{
          span,
          stepMs: stepMs[step],
          stacked,
          before:
            usual.length === 0
              ? undefined
              : {
                  name: words.baseline,
                  values: Array.from(
                    { length: steps },
                    () => (each * stepMs[step]) / stepMs[coarse],
                  ),
                },
          marks: timeline.map(({ at, what }) => ({
            atMs: Date.parse(at),
            what: visibleText(what),
          })),
        }}
      />
      <section>
        <h2>{words.timeline}</h2>
        <ol class="timeline">
          {timeline.map(({ at, what }) => (
            <li key={`${at} ${what}`}>
              <Moment at={at} clock />
              <Said text={what} most={300} />
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}
