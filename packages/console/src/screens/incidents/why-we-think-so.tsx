import type { JSX } from "preact";
import { Link } from "../../address/link.tsx";
import type { AnswerTo } from "../../api/admin-client.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Moment } from "../../text/moment.tsx";
import { countText, percentText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { incidentWords as words } from "../../words/incidents.ts";

interface Of {
  readonly incident: AnswerTo<"GET /incidents/{id}">;
}

/** What was counted, beside what is usual, and whom most of it comes from. */
export function Because({ incident: { baseline, because, detectors, observed } }: Of): JSX.Element {
  return (
    <section>
      <h2>{words.because}</h2>
      <dl class="facts">
        <div>
          <dt>{words.observed}</dt>
          <dd>
            <Said text={observed} most={400} />
          </dd>
        </div>
        <div>
          <dt>{words.baseline}</dt>
          <dd>
            <Said text={baseline} most={400} />
          </dd>
        </div>
        <div>
          <dt>{words.detector}</dt>
          <dd>
            <Said text={detectors.join(", ")} />
          </dd>
        </div>
      </dl>
      <p>
        {because.kind === "everybody" || because.name === "" ? (
          words.everybody
        ) : (
          <>
            {words.mostly(percentText(because.share), because.kind)}:{" "}
            <Said text={because.name} mono />
          </>
        )}
      </p>
    </section>
  );
}

/** Ten records at most: successes, how it began, how it is now. */
export function Sample({ incident: { records } }: Of): JSX.Element {
  return (
    <section>
      <h2>{words.sample}</h2>
      <table class="cards">
        <thead>
          <tr>
            {words.sampleColumns.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {records.map(({ address, attempt, code, operation, status, subject, time, traceId }) => (
            <tr key={traceId}>
              <td>
                <Moment at={time} clock />
              </td>
              <td class={attempt === "succeeded" ? "failed" : undefined}>
                {status} <Said text={attempt ?? code} />
              </td>
              <td>
                <Said text={operation} />
              </td>
              <td>
                <Said text={subject ?? address} mono />
              </td>
              <td>
                <Link to={{ path: "/live", filter: `trace:${traceId}`, more: { record: traceId } }}>
                  <Said text={traceId} mono most={12} />
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** When it is nothing, and the line of the policy that says so. */
export function FalseIf({ incident: { detector, falseIf } }: Of): JSX.Element {
  return (
    <section>
      <h2>{words.falseIf}</h2>
      <p>
        <Said text={falseIf} most={400} />
      </p>
      <p class="small">{words.falsePolicy}</p>
      <CopyCommand command={`detect: { ${detector}: observe }`} shown />
    </section>
  );
}

/** Pseudonyms: whom it is held against. */
export function Held({ incident: { keyCount, keys } }: Of): JSX.Element | null {
  if (keys.length === 0) return null;
  return (
    <section>
      <h2>{words.keys}</h2>
      <ul class="held">
        {keys.map(({ kind, name }) => (
          <li key={`${kind} ${name}`}>
            <small>{kind}</small> <Said text={name} mono most={40} />
          </li>
        ))}
      </ul>
      {keyCount > keys.length ? (
        <p class="small">{words.keysMore(countText(keyCount - keys.length))}</p>
      ) : null}
    </section>
  );
}
