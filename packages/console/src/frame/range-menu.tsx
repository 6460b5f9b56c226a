import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { go, usePlace } from "../address/place.ts";
import { moved, type Range, rangeText, recentRanges, spanOf } from "../address/range.ts";
import { useKeys } from "../keys/use-keys.ts";
import { useNow } from "../state/now.ts";
import { momentText } from "../text/times.ts";
import { frameWords as words } from "../words/frame.ts";
import { keyWords } from "../words/keys.ts";

/** `datetime-local` is of the reader's own zone. */
const localForm = (ms: number): string =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

/** Which stretch of time the pages are about. It stands in the address. */
export function RangeMenu(): JSX.Element {
  const { range } = usePlace();
  const nowMs = useNow();
  const menu = useRef<HTMLDetailsElement>(null);
  const span = spanOf(range, nowMs);
  const [from, setFrom] = useState(localForm(span.fromMs));
  const [to, setTo] = useState(localForm(span.toMs));
  const choose = (next: Range): void => {
    go({ range: next });
    menu.current?.removeAttribute("open");
    menu.current?.querySelector("summary")?.focus();
  };
  const toggle = (): void => {
    menu.current?.toggleAttribute("open");
    menu.current?.querySelector("summary")?.focus();
  };
  const step = (hours: number) => (): void => go({ range: moved(range, hours, Date.now()) });
  useKeys([
    { keys: "t", what: keyWords.range, run: toggle },
    { keys: "[", what: keyWords.earlier, run: step(-1) },
    { keys: "]", what: keyWords.later, run: step(1) },
  ]);
  const own = (event: Event): void => {
    event.preventDefault();
    const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
    if (fromMs < toMs) choose({ fromMs, toMs });
  };
  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={({ key }) => {
        if (key === "Escape") choose(range);
      }}
    >
      <summary aria-keyshortcuts="t">
        <span class="unseen-text">{words.range}: </span>
        {typeof range === "string"
          ? words.ranges[range]
          : `${momentText(range.fromMs, nowMs)} – ${momentText(range.toMs, nowMs)}`}
      </summary>
      <div class="menu-body">
        {recentRanges.map((one) => (
          <button
            type="button"
            key={one}
            aria-pressed={rangeText(range) === one}
            onClick={() => choose(one)}
          >
            {words.ranges[one]}
          </button>
        ))}
        <form onSubmit={own}>
          <label>
            {words.from}
            <input
              type="datetime-local"
              value={from}
              max={to}
              onInput={({ currentTarget }) => setFrom(currentTarget.value)}
            />
          </label>
          <label>
            {words.to}
            <input
              type="datetime-local"
              value={to}
              min={from}
              onInput={({ currentTarget }) => setTo(currentTarget.value)}
            />
          </label>
          <button type="submit">{words.use}</button>
        </form>
        <small>{words.zone(Intl.DateTimeFormat().resolvedOptions().timeZone)}</small>
      </div>
    </details>
  );
}
