import type { JSX } from "preact";
import { useAnswer } from "../../api/use-answer.ts";
import { isLiveRecord, type LiveRecord } from "../../stream/stream-event.ts";
import { Failed, Waiting } from "../../states/states.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { operationWords as words } from "../../words/operations.ts";

const few = 5;
const looked = 50;

/** Some requests that would be refused, with what was found wrong with each. */
export function SomeRecords({
  build: { app, version },
  codes,
  operation,
}: {
  readonly operation: string;
  readonly codes: readonly string[];
  readonly build: { readonly app?: string; readonly version?: string };
}): JSX.Element {
  const { problem, value } = useAnswer("GET /records", {
    query: { operation, app, appVersion: version, mode: "observe", most: String(looked) },
  });
  if (problem !== undefined) return <Failed problem={problem} />;
  if (value === undefined) return <Waiting />;
  const isAbout = (record: LiveRecord): boolean =>
    record.appVersion === version && record.decisions.some(({ code }) => codes.includes(code));
  const records = value.items
    .filter((one) => isLiveRecord(one))
    .filter(isAbout)
    .slice(0, few);
  if (records.length === 0) return <p class="small">{words.noRecords}</p>;
  return (
    <ul class="some-records">
      {records.map((record) => {
        const found = record.decisions.find(({ code }) => codes.includes(code));
        return (
          <li key={record.traceId}>
            <Moment at={record.time} /> <Said text={found?.code} mono />{" "}
            <Said text={found?.detail ?? found?.at?.join(", ") ?? ""} most={200} />{" "}
            {found?.rule === undefined ? null : <Said text={found.rule} most={120} mono />}
          </li>
        );
      })}
    </ul>
  );
}
