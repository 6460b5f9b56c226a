import type { JSX } from "preact";
import { usePlace } from "../../address/place.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { useNow } from "../../state/now.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Failed, Notice, Partial, Waiting } from "../../states/states.tsx";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { momentText } from "../../text/times.ts";
import { overviewWords as words } from "../../words/overview.ts";
import { Changed } from "./changed.tsx";
import { Foot } from "./foot.tsx";
import { Multiples } from "./multiples.tsx";
import { OpenIncidents } from "./open-incidents.tsx";
import "./overview.css";
import { Ready } from "./ready.tsx";
import { RequestsChart } from "./requests-chart.tsx";
import { sentenceOf } from "./sentence.ts";
import { type Series, timesOf, useOverview } from "./use-overview.ts";
import { useNewestRelease } from "./use-newest-release.ts";

const incidentsEveryMs = 10_000;

/** Is anything wrong, and did last night's release do it? */
export function Overview(): JSX.Element {
  const { range } = usePlace();
  const nowMs = useNow();
  const series = useOverview();
  const incidents = useAnswer("GET /incidents", {
    query: { most: "50" },
    everyMs: incidentsEveryMs,
  });
  const release = useNewestRelease(series.span);
  const { observed, outcomes, outcomesBefore } = series;
  if (outcomes.problem?.status === 409)
    return (
      <>
        <h1>{words.title}</h1>
        <OpenIncidents incidents={incidents} />
        <Notice title={words.unkept}>
          <p>{words.unkeptHow}</p>
          <code>{words.unkeptPolicy}</code>
        </Notice>
        <Foot />
      </>
    );
  const worst = (incidents.value?.items ?? []).find(
    ({ severity, state }) => state !== "closed" && (severity === "high" || severity === "critical"),
  );
  const value = outcomes.value;
  const times = timesOf(series.span);
  return (
    <>
      <header class="sentence heading">
        <h1>
          {value === undefined ? (
            outcomes.problem === undefined ? (
              <span class="unseen-text">{words.title}</span>
            ) : (
              words.title
            )
          ) : (
            <Said
              most={400}
              text={sentenceOf({
                range,
                requests: sumOf(value),
                refused: sumOf(value, "refused"),
                failed: sumOf(value, "failed"),
                before:
                  outcomesBefore.value === undefined
                    ? undefined
                    : {
                        requests: sumOf(outcomesBefore.value),
                        refused: sumOf(outcomesBefore.value, "refused"),
                      },
                isOpen: (incidents.value?.items ?? []).some(
                  ({ severity, state }) => state === "open" && severity === "medium",
                ),
                attack:
                  worst === undefined
                    ? undefined
                    : {
                        kind: worst.kind.replaceAll("-", " "),
                        since: momentText(Date.parse(worst.startedAt), nowMs),
                        isContained: worst.state === "acknowledged",
                      },
                release,
              })}
            />
          )}
        </h1>
        <span class="end">
          <CopyCommand
            command={commandText(
              "portcullis",
              "records",
              "series",
              "--by",
              "outcome",
              "--from",
              times["from"],
              "--to",
              times["to"],
            )}
          />
        </span>
      </header>
      {value === undefined && outcomes.problem === undefined ? <Waiting rows={2} /> : null}
      {outcomes.problem === undefined ? null : (
        <Failed problem={outcomes.problem} again={outcomes.again} />
      )}
      <OpenIncidents incidents={incidents} />
      <RequestsChart
        span={series.span}
        stepMs={series.stepMs}
        outcomes={value}
        observed={observed.value}
        before={outcomesBefore.value}
      />
      <Partial missing={value?.missing} />
      <Multiples span={series.span} />
      <Changed span={series.span} />
      <Ready />
      <Foot />
    </>
  );
}

export const sumOf = ({ items }: Series, outcome?: string): number =>
  items.reduce(
    (sum, one) => sum + (outcome === undefined || one.outcome === outcome ? one.requests : 0),
    0,
  );
