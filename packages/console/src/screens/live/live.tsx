import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { currentPlace, go, usePlace } from "../../address/place.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { useKeys } from "../../keys/use-keys.ts";
import { WindowedList } from "../../list/windowed-list.tsx";
import { useNow } from "../../state/now.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { NoMatch, Notice, NothingYet } from "../../states/states.tsx";
import type { Tail, TailRow } from "../../stream/tail.ts";
import { useTail } from "../../stream/use-tail.ts";
import { countText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { spanText } from "../../text/times.ts";
import { keyWords } from "../../words/keys.ts";
import { liveWords as words } from "../../words/live.ts";
import { queryOf, readFilter, withPart } from "./filter.ts";
import { FilterLine } from "./filter-line.tsx";
import { knownIn } from "./known.ts";
import "./live.css";
import { RecordDetail } from "./record-detail.tsx";
import { RecordRow, rowHeight } from "./record-row.tsx";

/** What is happening to my request: records as they come. */
export function Live(): JSX.Element {
  const { app, filter, more, version } = usePlace();
  const query = queryOf(filter, { app, version });
  const asked = new URLSearchParams(query).toString();
  const [isStopped, setStopped] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const { tail, waiting } = useTail(asked, isStopped || isScrolled);
  const before = useAnswer("GET /records", { query: { ...query, most: "100" } });
  const rows = useMemo(
    () => withEarlier(tail.rows, before.value?.items ?? []),
    [tail.rows, before.value],
  );
  const problems = useAnswer("GET /problems", {});
  const known = useMemo(
    () =>
      knownIn(
        rows,
        (problems.value ?? []).map(({ code }) => code),
      ),
    [rows, problems.value],
  );
  const here = more["at"];
  const opened = rows.find(({ record }) => record.traceId === more["record"])?.record;
  const goTo = (at: number): void => {
    const row = rows[Math.min(Math.max(at, 0), rows.length - 1)];
    if (row !== undefined) go({ more: { ...more, at: row.id } }, "replace");
  };
  const index = rows.findIndex(({ id }) => id === here);
  const open = (row: TailRow | undefined): void => {
    if (row !== undefined)
      go({ more: { ...currentPlace().more, at: row.id, record: row.record.traceId } });
  };
  const close = (): void => go({ more: here === undefined ? {} : { at: here } });
  const toggle = (): void => {
    setStopped(!(isStopped || isScrolled));
    setScrolled(false);
    document.querySelector(".windowed")?.scrollTo(0, 0);
  };
  useKeys([
    { keys: " ", what: words.keys.pause, run: toggle },
    { keys: "j", what: keyWords.next, run: () => goTo(index + 1) },
    { keys: "k", what: keyWords.previous, run: () => goTo(index - 1) },
    { keys: "Enter", what: keyWords.open, run: () => open(rows[index]) },
    { keys: "Escape", what: keyWords.back, run: close },
  ]);
  const command = commandText(
    "portcullis",
    "records",
    ...Object.entries(query).flatMap(([name, value]) => [
      `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      value,
    ]),
  );
  return (
    <>
      <header class="heading">
        <h1>{words.title}</h1>
        <Shown tail={tail} isHeld={isStopped || isScrolled} waiting={waiting} />
        <span class="end heading">
          <CopyCommand command={command} />
          <button type="button" onClick={toggle} aria-pressed={isStopped || isScrolled}>
            {isStopped || isScrolled ? words.resume : words.pause} <kbd>space</kbd>
          </button>
        </span>
      </header>
      <FilterLine line={filter} known={known} onLine={(line) => go({ filter: line })} />
      <StreamNotices tail={tail} />
      <div class={opened === undefined ? "live-page" : "live-page open"}>
        {rows.length > 0 ? (
          <WindowedList
            label={words.records}
            rows={rows}
            rowHeight={rowHeight}
            idOf={({ id }) => id}
            here={here}
            onHere={({ id }) => go({ more: { ...currentPlace().more, at: id } }, "replace")}
            onOpen={open}
            onScroll={(isAtTop) => setScrolled(!isAtTop)}
          >
            {({ record }) => <RecordRow record={record} />}
          </WindowedList>
        ) : asked === "" ? (
          <NothingYet title={words.waiting} command={words.command} />
        ) : (
          <NoMatch
            drop={readFilter(filter).parts.map(({ value, word }) => ({
              name: `${word}:${value}`,
              run: () => go({ filter: withPart(filter, word, undefined) }),
            }))}
          />
        )}
        {opened === undefined ? null : <RecordDetail record={opened} onClose={close} />}
      </div>
    </>
  );
}

/** What stood there before the page was opened, without what the stream has told since. */
function withEarlier(rows: readonly TailRow[], earlier: readonly object[]): readonly TailRow[] {
  const known = new Set(rows.map(({ record }) => record.traceId));
  const before = (earlier as readonly TailRow["record"][])
    .filter(({ traceId }) => !known.has(traceId))
    .map((record) => ({ id: record.traceId, record }));
  return [...rows, ...before];
}

/** How much of what came is shown, said honestly. */
function Shown({
  isHeld,
  tail,
  waiting,
}: {
  readonly tail: Tail;
  readonly isHeld: boolean;
  readonly waiting: number;
}): JSX.Element {
  return (
    <span class="small" role="status">
      {isHeld
        ? words.held(countText(waiting))
        : tail.of > tail.shown
          ? words.shown(countText(tail.shown), countText(tail.of))
          : words.all}
    </span>
  );
}

function StreamNotices({ tail }: { readonly tail: Tail }): JSX.Element {
  const nowMs = useNow();
  return (
    <>
      {tail.isLost ? (
        <Notice title={words.lost(spanText(Math.max(nowMs - tail.heardAtMs, 0)))} tone="bad" />
      ) : null}
      {tail.refused === undefined ? null : (
        <Notice title={words.refused} tone="warn">
          <Said text={tail.refused} />
        </Notice>
      )}
      {tail.gap === undefined ? null : (
        <Notice title={words.gap} tone="warn">
          <Said text={tail.gap} />
        </Notice>
      )}
    </>
  );
}
