import type { JSX } from "preact";
import { ActButton } from "../../acts/act-button.tsx";
import { propose } from "../../acts/acting.ts";
import { Link } from "../../address/link.tsx";
import { go } from "../../address/place.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { useKeys } from "../../keys/use-keys.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Severity } from "../../states/severity.tsx";
import { Failed, Notice, Waiting } from "../../states/states.tsx";
import { Moment } from "../../text/moment.tsx";
import { percentText, several } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { incidentWords as words } from "../../words/incidents.ts";
import { keyWords } from "../../words/keys.ts";
import { containing } from "./containing.ts";
import { Cannot } from "./cannot.tsx";
import { DoneAlready } from "./done-already.tsx";
import { IncidentChart } from "./incident-chart.tsx";
import { judging } from "./judging.ts";
import { responding } from "./responding.ts";
import { reportOf } from "./report.ts";
import { Because, FalseIf, Held, Sample } from "./why-we-think-so.tsx";

const everyMs = 5000;
const touchedKinds = ["accounts", "addresses", "callers", "objects"] as const;

/** One incident, in the order of the questions that are asked at night. */
export function IncidentDetail({ id }: { readonly id: string }): JSX.Element {
  const { again, problem, value } = useAnswer("GET /incidents/{id}", { path: { id }, everyMs });
  const switches = useAnswer("GET /switches", { everyMs });
  const responses = useAnswer("GET /incidents/{id}/responses", { path: { id }, everyMs });
  const after = (): void => {
    again();
    switches.again();
    responses.again();
  };
  const judge = (by: Parameters<typeof judging>[1]) => (): void => {
    if (value !== undefined) propose(judging(value, by, after));
  };
  const acts =
    value === undefined
      ? []
      : [
          ...(responses.value === undefined ? [] : responding(value, responses.value, after)),
          ...containing(value, after),
        ];
  useKeys([
    { keys: "Escape", what: words.back, run: () => go({ path: "/incidents" }) },
    { keys: "a", what: words.take, run: judge({ state: "acknowledged" }) },
    { keys: "b", what: words.benign, run: judge({ mark: "benign" }) },
    { keys: "e", what: words.expected, run: judge({ mark: "expected" }) },
    {
      keys: ".",
      what: keyWords.acts,
      run: () => (acts[0] === undefined ? undefined : propose(acts[0])),
    },
  ]);
  if (value === undefined)
    return (
      <>
        <h1>{words.title}</h1>
        {problem === undefined ? (
          <Waiting rows={8} />
        ) : problem.status === 404 ? (
          <Notice title={words.gone}>
            <Link to={{ path: "/incidents" }}>{words.back}</Link>
          </Notice>
        ) : (
          <Failed problem={problem} again={again} />
        )}
      </>
    );
  const touched = touchedKinds.filter((kind) => value.touched[kind] > 0);
  return (
    <>
      <header class="stack">
        <p class="heading small">
          <Link to={{ path: "/incidents" }}>{words.back}</Link>
          <Severity of={value.severity} />
          <span>
            {words.states[value.state]}
            {value.mark === undefined ? "" : ` · ${words.marks[value.mark]}`}
          </span>
          <span>
            <Moment at={value.startedAt} /> – <Moment at={value.lastAt} />
          </span>
        </p>
        <h1>
          <Said text={value.summary} most={400} />
        </h1>
        <p class="touched">
          {touched.map((kind) => (
            <span key={kind}>
              {several(
                value.touched[kind],
                words.touchedOf[kind][0] ?? "",
                words.touchedOf[kind][1] ?? "",
              )}
            </span>
          ))}
          {value.errorRate === undefined ? null : (
            <span class="small">{words.confidence(String(value.errorRate))}</span>
          )}
        </p>
        {value.release === undefined ? null : (
          <p>
            <Said
              text={words.release(
                value.release.app,
                value.release.version,
                percentText(value.release.share),
              )}
            />
          </p>
        )}
        {problem === undefined ? null : <Failed problem={problem} again={again} />}
      </header>
      <DoneAlready
        incident={value}
        switches={switches.value ?? []}
        responses={responses.value?.items ?? []}
        after={after}
      />
      <section>
        <h2>{words.can}</h2>
        <div class="acts">
          {acts.map((act, index) => (
            <ActButton key={act.id} act={act} main={index === 0} />
          ))}
        </div>
        <div class="acts">
          {value.state === "open" ? (
            <ActButton act={judging(value, { state: "acknowledged" }, after)} />
          ) : null}
          {value.state === "closed" ? (
            <ActButton act={judging(value, { state: "open" }, after)} />
          ) : (
            <ActButton act={judging(value, { state: "closed" }, after)} />
          )}
          <ActButton act={judging(value, { mark: "true" }, after)} />
          <ActButton act={judging(value, { mark: "benign" }, after)} />
          <ActButton act={judging(value, { mark: "expected" }, after)} />
        </div>
        <Cannot can={responses.value?.can ?? []} />
      </section>
      <IncidentChart incident={value} />
      <Because incident={value} />
      <Sample incident={value} />
      <FalseIf incident={value} />
      <Held incident={value} />
      <footer class="heading">
        <CopyCommand command={reportOf(value)} name={words.report} />
        <CopyCommand command={commandText("portcullis", "incidents", "show", id)} />
      </footer>
    </>
  );
}
