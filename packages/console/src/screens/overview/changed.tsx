import type { JSX } from "preact";
import { pathOf } from "../../address/address.ts";
import { Link } from "../../address/link.tsx";
import type { Span } from "../../address/range.ts";
import type { AnswerTo } from "../../api/admin-client.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Failed, Waiting } from "../../states/states.tsx";
import { Moment } from "../../text/moment.tsx";
import { countText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { overviewWords as words } from "../../words/overview.ts";
import { timesOf, usePageSpan } from "./use-overview.ts";

type Difference = AnswerTo<"GET /differences">["items"][number];

const everyMs = 60_000;

/** Five things that differ most from last week, each with what it likely comes from. */
export function Changed({ span }: { readonly span: Span }): JSX.Element {
  const { query } = usePageSpan();
  const times = timesOf(span);
  const { again, problem, value } = useAnswer("GET /differences", {
    query: { ...query, ...times },
    everyMs,
  });
  return (
    <section>
      <header class="heading">
        <h2>{words.changed}</h2>
        <span class="end">
          <CopyCommand
            command={commandText(
              "portcullis",
              "records",
              "differences",
              "--from",
              times["from"],
              "--to",
              times["to"],
            )}
          />
        </span>
      </header>
      {problem !== undefined && value === undefined ? (
        <Failed problem={problem} again={again} />
      ) : null}
      {problem === undefined && value === undefined ? <Waiting /> : null}
      {value === undefined ? null : value.items.length === 0 ? (
        <p class="small">{words.nothingChanged}</p>
      ) : (
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{words.changedColumns.what}</th>
              <th scope="col" class="number">
                {words.changedColumns.now}
              </th>
              <th scope="col" class="number">
                {words.changedColumns.expected}
              </th>
              <th scope="col">{words.changedColumns.build}</th>
              <th scope="col">{words.changedColumns.likely}</th>
            </tr>
          </thead>
          <tbody>
            {value.items.map((one) => (
              <Row
                key={`${one.operation} ${one.code} ${one.class} ${one.mode} ${one.what}`}
                of={one}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ of }: { readonly of: Difference }): JSX.Element {
  const { app, appVersion, code, count, expected, likely, mode, operation, what } = of;
  const filter = [
    `op:${operation}`,
    ...(code === undefined ? [] : [`code:${code}`]),
    ...(of.class === undefined ? [] : [`status:${of.class}xx`]),
  ].join(" ");
  const troubleText =
    what === "more" ? words.more : what === "fewer" ? words.fewer : words.answers(of.class ?? "");
  return (
    <tr>
      <th scope="row">
        <Link to={{ path: pathOf("operations", operation) }}>
          <Said text={operation} most={60} />
        </Link>{" "}
        <Link
          to={{ path: "/live", filter, app, version: appVersion }}
          class={mode === "observe" ? "observed" : undefined}
        >
          {code === undefined ? troubleText : <Said text={code} />}
          {mode === "observe" ? ` (${words.observedMark})` : ""}
        </Link>
      </th>
      <td class="number" data-label={words.changedColumns.now}>
        {countText(count)}
      </td>
      <td class="number" data-label={words.changedColumns.expected}>
        {countText(expected)}
      </td>
      <td data-label={words.changedColumns.build}>
        {appVersion === undefined ? (
          words.allBuilds
        ) : (
          <Said text={`${app ?? ""} ${appVersion}`} most={60} />
        )}
      </td>
      <td data-label={words.changedColumns.likely}>
        <Likely of={likely} />
      </td>
    </tr>
  );
}

function Likely({
  of: { at, kind, version = "" },
}: {
  readonly of: Difference["likely"];
}): JSX.Element {
  const name = words.likely[kind];
  return (
    <>
      {typeof name === "string" ? name : <Said text={name(version)} most={60} />}
      {at === undefined ? null : (
        <>
          {" · "}
          <Moment at={at} />
        </>
      )}
    </>
  );
}
