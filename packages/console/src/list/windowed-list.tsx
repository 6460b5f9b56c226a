import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { windowOf } from "./window.ts";

interface WindowedListProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly rowHeight: number;
  readonly idOf: (row: T) => string;
  /** The id of the row at hand. */
  readonly here: string | undefined;
  readonly onHere: (row: T) => void;
  readonly onOpen: (row: T) => void;
  /** Whether the newest, at the top, is what is seen. */
  readonly onScroll?: (isAtTop: boolean) => void;
  readonly children: (row: T) => ComponentChildren;
}

/** A long list of rows of one height, of which only those are made that can be seen. */
export function WindowedList<T>(props: WindowedListProps<T>): JSX.Element {
  const { children, here, idOf, label, onHere, onOpen, onScroll, rowHeight, rows } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const [seen, setSeen] = useState(600);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setSeen(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const at = rows.findIndex((row) => idOf(row) === here);
  useEffect(() => {
    const element = frame.current;
    if (element === null || at === -1) return;
    const top = at * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight;
    // Only when another row is at hand: new rows above must not move what somebody reads.
  }, [here]);
  const move = (by: number): void => {
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next !== undefined) onHere(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    const row = rows[at];
    if (by !== undefined) move(by);
    else if (event.key === "Enter" && row !== undefined) onOpen(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { first, last } = windowOf(scrolled, seen, rowHeight, rows.length);
  return (
    <div
      class="windowed"
      ref={frame}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={at >= first && at < last ? `row-${here}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget }) => {
        setScrolled(currentTarget.scrollTop);
        onScroll?.(currentTarget.scrollTop < rowHeight);
      }}
    >
      <div
        class="windowed-all"
        style={{ height: `${rows.length * rowHeight}px` }}
        role="presentation"
      >
        {rows.slice(first, last).map((row, index) => {
          const id = idOf(row);
          return (
            <div
              key={id}
              id={`row-${id}`}
              role="option"
              class="windowed-row"
              aria-selected={id === here}
              aria-setsize={rows.length}
              aria-posinset={first + index + 1}
              style={{ top: `${(first + index) * rowHeight}px`, height: `${rowHeight}px` }}
              onClick={() => {
                onHere(row);
                onOpen(row);
              }}
            >
              {children(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
