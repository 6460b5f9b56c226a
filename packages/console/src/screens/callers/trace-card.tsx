import type { JSX } from "preact";
import { Link } from "../../address/link.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { Failed, Notice, Waiting } from "../../states/states.tsx";
import { isLiveRecord } from "../../stream/stream-event.ts";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { callerWords as words } from "../../words/callers.ts";
import { callerAt, fieldOf, recordedKinds } from "./caller-kinds.ts";

/** Who has sent one request. */
export function TraceCard({ traceId }: { readonly traceId: string }): JSX.Element {
  const { again, problem, value } = useAnswer("GET /records", { query: { traceId } });
  const records = ((value?.items ?? []) as readonly unknown[]).filter(isLiveRecord);
  return (
    <>
      <p class="small">
        <Link to={{ path: "/callers" }}>{words.back}</Link>
      </p>
      <h1>
        {words.kinds.trace} <Said text={traceId} mono />
      </h1>
      {problem === undefined ? null : <Failed problem={problem} again={again} />}
      {value === undefined && problem === undefined ? <Waiting rows={3} /> : null}
      {value !== undefined && records.length === 0 ? <Notice title={words.noneTrace} /> : null}
      {records.map((record) => (
        <section key={`${record.time} ${record.operation}`}>
          <p>
            <Moment at={record.time} /> {record.status} <Said text={record.method} most={12} />{" "}
            <Link
              to={{
                path: "/live",
                filter: `trace:${record.traceId}`,
                more: { record: record.traceId },
              }}
            >
              <Said text={record.operation} most={80} />
            </Link>
          </p>
          <h2>{words.traceOf}</h2>
          <dl class="caller-facts">
            {recordedKinds.map((kind) => {
              const name = record[fieldOf[kind]];
              return name === undefined ? null : (
                <div key={kind}>
                  <dt>{words.kinds[kind]}</dt>
                  <dd>
                    <Link to={callerAt(kind, name)}>
                      <Said text={name} mono />
                    </Link>
                  </dd>
                </div>
              );
            })}
          </dl>
        </section>
      ))}
    </>
  );
}
