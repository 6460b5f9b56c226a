import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "../../keys/use-keys.ts";
import { Notice } from "../../states/states.tsx";
import { Said } from "../../text/said.tsx";
import { keyWords } from "../../words/keys.ts";
import { liveWords as words } from "../../words/live.ts";
import { completionsOf, type FilterWord, readFilter } from "./filter.ts";

interface FilterLineProps {
  readonly line: string;
  readonly known: Partial<Record<FilterWord, readonly string[]>>;
  readonly onLine: (line: string) => void;
}

/** One line that says which records, with what may come next below it. */
export function FilterLine({ known, line, onLine }: FilterLineProps): JSX.Element {
  const [text, setText] = useState(line);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setText(line), [line]);
  useKeys([{ keys: "f", what: keyWords.filter, run: () => field.current?.focus() }]);
  const offered = isOpen ? completionsOf(text, known) : [];
  const { strange } = readFilter(line);
  const take = (next: string): void => {
    setText(next);
    setAt(-1);
    field.current?.focus();
  };
  const use = (): void => {
    setOpen(false);
    onLine(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = offered[at];
    if (by !== undefined && offered.length > 0)
      setAt((at + by + offered.length + (at === -1 && by < 0 ? 1 : 0)) % offered.length);
    else if (event.key === "Enter" && chosen !== undefined) take(chosen);
    else if (event.key === "Enter") use();
    else if (event.key === "Escape" && isOpen) setOpen(false);
    else if (event.key === "Escape") field.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div class="filter-line">
        <input
          ref={field}
          type="text"
          role="combobox"
          list={undefined}
          autocomplete="off"
          spellcheck={false}
          maxLength={500}
          aria-label={words.filter}
          aria-keyshortcuts="f"
          aria-autocomplete="list"
          aria-controls="completions"
          aria-expanded={offered.length > 0}
          aria-activedescendant={at === -1 ? undefined : `completion-${at}`}
          placeholder={words.filterHint}
          value={text}
          onFocus={() => setOpen(true)}
          onBlur={() => {
            setOpen(false);
            if (text.trim() !== line) onLine(text.trim());
          }}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setOpen(true);
            setAt(-1);
          }}
          onKeyDown={onKeyDown}
        />
        <ul
          id="completions"
          role="listbox"
          aria-label={words.filter}
          class="completions"
          hidden={offered.length === 0}
        >
          {offered.map((one, index) => (
            <li
              key={one}
              id={`completion-${index}`}
              role="option"
              aria-selected={index === at}
              // Before the field loses its focus, and the list with it.
              onPointerDown={(event) => {
                event.preventDefault();
                take(one);
              }}
            >
              <Said text={one.trim()} mono most={120} />
            </li>
          ))}
        </ul>
      </div>
      {strange.length === 0 ? null : (
        <Notice title={words.strange} tone="warn">
          <Said text={strange.join(" ")} mono />
        </Notice>
      )}
    </>
  );
}
