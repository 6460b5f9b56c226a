import type { JSX } from "preact";
import { pathOf } from "../../address/address.ts";
import { Link } from "../../address/link.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Failed, Waiting } from "../../states/states.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { operationWords as words } from "../../words/operations.ts";
import "./ready.css";

const everyMs = 60_000;

/** Controls that are only observed, and whose next step would have refused nobody. */
export function ReadyList({ most = 5 }: { readonly most?: number }): JSX.Element {
  const { again, problem, value } = useAnswer("GET /ready", {
    query: { since: "7d", most: String(most) },
    everyMs,
  });
  return (
    <section aria-labelledby="ready">
      <header class="heading">
        <h2 id="ready">{words.ready}</h2>
        <span class="end">
          <CopyCommand command={commandText("portcullis", "forecast", "--since", "7d")} />
        </span>
      </header>
      {problem !== undefined && value === undefined ? (
        <Failed problem={problem} again={again} />
      ) : value === undefined ? (
        <Waiting />
      ) : value.items.length === 0 ? (
        <p class="small">{words.readyNone}</p>
      ) : (
        <ul class="ready">
          {value.items.map(({ app, control, operation, requests, seenSince }) => (
            <li key={`${operation} ${control}`}>
              <Link
                to={{ path: pathOf("operations", operation), more: { control } }}
                class="button"
              >
                <Said text={control} /> · <Said text={operation} most={60} />
              </Link>{" "}
              <span>
                {words.stepName(app, undefined, "enforce")}: {words.readyRow(requests)}{" "}
                <Moment at={seenSince} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
