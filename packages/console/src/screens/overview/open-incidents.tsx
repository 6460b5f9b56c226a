import type { JSX } from "preact";
import { pathOf } from "../../address/address.ts";
import { Link } from "../../address/link.tsx";
import type { AnswerTo } from "../../api/admin-client.ts";
import type { Answer } from "../../api/use-answer.ts";
import { useNow } from "../../state/now.ts";
import { Failed, Waiting } from "../../states/states.tsx";
import { Severity } from "../../states/severity.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { spanText } from "../../text/times.ts";
import { overviewWords as words } from "../../words/overview.ts";

const mostShown = 3;
const order = ["critical", "high", "medium", "low", "info"];

/** At most three, the worst first; otherwise for how long there was none. */
export function OpenIncidents({
  incidents,
}: {
  readonly incidents: Answer<AnswerTo<"GET /incidents">>;
}): JSX.Element {
  const nowMs = useNow();
  const { problem, value } = incidents;
  const open = (value?.items ?? [])
    .filter(({ state }) => state !== "closed")
    .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  const lastMs = Math.max(0, ...(value?.items ?? []).map(({ lastAt }) => Date.parse(lastAt)));
  return (
    <section>
      <header class="heading">
        <h2>{words.incidents}</h2>
        {open.length === 0 && value !== undefined ? (
          <span class="small">
            {lastMs === 0 ? words.noneYet : words.noneFor(spanText(nowMs - lastMs))}
          </span>
        ) : null}
        <span class="end small">
          <Link to={{ path: "/incidents" }}>{words.allIncidents}</Link>
        </span>
      </header>
      {problem !== undefined && value === undefined ? <Failed problem={problem} /> : null}
      {problem === undefined && value === undefined ? <Waiting rows={1} /> : null}
      {open.length === 0 ? null : (
        <ul class="incident-rows">
          {open.slice(0, mostShown).map(({ id, severity, startedAt, summary }) => (
            <li key={id}>
              <Severity of={severity} />
              <Link to={{ path: pathOf("incidents", id) }}>
                <Said text={summary} />
              </Link>
              <Moment at={startedAt} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
