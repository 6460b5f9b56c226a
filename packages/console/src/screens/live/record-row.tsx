import type { JSX } from "preact";
import type { LiveRecord } from "../../stream/stream-event.ts";
import { durationText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { secondsText } from "../../text/times.ts";
import { liveWords as words } from "../../words/live.ts";
import { buildOf } from "./record-detail.tsx";
import { outcomeOf } from "./steps.ts";

export const rowHeight = 30;

/** One record as a line: when, what became of it, what was asked, by which build, what was decided. */
export function RecordRow({ record }: { readonly record: LiveRecord }): JSX.Element {
  const outcome = outcomeOf(record);
  const [first, ...others] = record.decisions;
  return (
    <>
      <span class="small">{secondsText(Date.parse(record.time))}</span>
      <span class={`status ${outcome}`}>
        <span class={`swatch ${outcome}`} title={words.outcomes[outcome]} />
        {record.status}
        <span class="unseen-text"> {words.outcomes[outcome]}</span>
      </span>
      <span class="cell">
        <span class="method">
          <Said text={record.method} most={8} />
        </span>
        <Said text={record.operation} most={60} />
      </span>
      <span class="cell small build">
        <Said text={buildOf(record)} most={40} />
      </span>
      <span class={`cell ${outcome}`}>
        <Said text={first?.code} most={40} />
        {others.length === 0 ? null : ` +${others.length}`}
      </span>
      <span class="small took">{durationText(record.durationMs)}</span>
    </>
  );
}
