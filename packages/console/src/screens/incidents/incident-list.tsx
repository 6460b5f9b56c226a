import type { JSX } from "preact";
import { pathOf } from "../../address/address.ts";
import { Link } from "../../address/link.tsx";
import { go, usePlace } from "../../address/place.ts";
import { propose } from "../../acts/acting.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { useKeys } from "../../keys/use-keys.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Severity } from "../../states/severity.tsx";
import { Failed, NoMatch, NothingYet, Waiting } from "../../states/states.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { incidentWords as words } from "../../words/incidents.ts";
import { keyWords } from "../../words/keys.ts";
import { judging } from "./judging.ts";

const everyMs = 5000;
const states = ["open", "acknowledged", "closed"] as const;

/** What was found, the newest first; moved through and judged by single keys. */
export function IncidentList(): JSX.Element {
  const { more } = usePlace();
  const state = states.find((one) => one === more["state"]);
  const { again, problem, value } = useAnswer("GET /incidents", {
    query: { most: "200", state },
    everyMs,
  });
  const items = value?.items ?? [];
  const here = Math.max(
    items.findIndex(({ id }) => id === more["at"]),
    0,
  );
  const at = items[here];
  const move = (by: number): void => {
    const next = items[Math.min(Math.max(here + by, 0), items.length - 1)];
    if (next === undefined) return;
    go({ more: { ...more, at: next.id } }, "replace");
    document.getElementById(`incident-${next.id}`)?.scrollIntoView({ block: "nearest" });
  };
  const judge = (by: Parameters<typeof judging>[1]) => (): void => {
    if (at !== undefined) propose(judging(at, by, again));
  };
  useKeys([
    { keys: "j", what: words.keyNames.next, run: () => move(1) },
    { keys: "k", what: words.keyNames.previous, run: () => move(-1) },
    ...["o", "Enter"].map((keys) => ({
      keys,
      what: words.keyNames.open,
      run: () => (at === undefined ? undefined : go({ path: pathOf("incidents", at.id) })),
    })),
    { keys: "a", what: words.take, run: judge({ state: "acknowledged" }) },
    { keys: "b", what: words.benign, run: judge({ mark: "benign" }) },
    { keys: "e", what: words.expected, run: judge({ mark: "expected" }) },
    { keys: ".", what: keyWords.acts, run: judge({ state: "acknowledged" }) },
  ]);
  return (
    <>
      <header class="heading">
        <h1>{words.title}</h1>
        <span class="end">
          <CopyCommand command={commandText("portcullis", "incidents", "list")} />
        </span>
      </header>
      <div class="choices" role="group" aria-label={words.stateFilter}>
        {[undefined, ...states].map((one) => (
          <button
            type="button"
            key={one ?? "all"}
            aria-pressed={state === one}
            onClick={() => go({ more: one === undefined ? {} : { state: one } })}
          >
            {one === undefined ? words.allStates : words.states[one]}
          </button>
        ))}
      </div>
      {problem === undefined ? null : <Failed problem={problem} again={again} />}
      {value === undefined && problem === undefined ? <Waiting rows={5} /> : null}
      {value !== undefined && items.length === 0 ? (
        state === undefined ? (
          <NothingYet title={words.noneEver} command={words.detectors} />
        ) : (
          <NoMatch drop={[{ name: words.states[state], run: () => go({ more: {} }) }]} />
        )
      ) : null}
      {items.length === 0 ? null : (
        <table class="cards incidents">
          <thead>
            <tr>
              <th scope="col">{words.columns.severity}</th>
              <th scope="col">{words.columns.what}</th>
              <th scope="col">{words.columns.since}</th>
              <th scope="col">{words.columns.last}</th>
              <th scope="col">{words.columns.state}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((one, index) => (
              <tr
                key={one.id}
                id={`incident-${one.id}`}
                class={index === here ? "here" : undefined}
              >
                <td>
                  <Severity of={one.severity} />
                </td>
                <th scope="row">
                  <Link to={{ path: pathOf("incidents", one.id) }}>
                    <Said text={one.summary} />
                  </Link>
                </th>
                <td data-label={words.columns.since}>
                  <Moment at={one.startedAt} />
                </td>
                <td data-label={words.columns.last}>
                  <Moment at={one.lastAt} />
                </td>
                <td data-label={words.columns.state}>
                  {words.states[one.state]}
                  {one.mark === undefined ? "" : ` · ${words.marks[one.mark]}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
