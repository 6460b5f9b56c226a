import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { go } from "../address/place.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Dialog } from "../states/dialog.tsx";
import { Said } from "../text/said.tsx";
import { frameWords as words } from "../words/frame.ts";
import { type Finding, findAll } from "./findings.ts";

/** `/`: one field for operations, incidents, traces, people, pages and acts. */
export function Find({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const incidents = useAnswer("GET /incidents", { query: { most: "200" } });
  const operations = useAnswer("GET /series", { query: { by: "operation", step: "all" } });
  const found = useMemo(
    () =>
      findAll(text, {
        incidents: incidents.value?.items ?? [],
        operations: (operations.value?.items ?? []).flatMap(({ operation }) => operation ?? []),
      }),
    [text, incidents.value, operations.value],
  );
  const open = (one: Finding | undefined): void => {
    if (one === undefined) return;
    onClose();
    go(one.to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setAt(Math.min(Math.max(at + by, 0), Math.max(found.length - 1, 0)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(found[at]);
    }
  };
  return (
    <Dialog title={words.find} onClose={onClose}>
      <input
        class="find-field"
        type="text"
        role="combobox"
        list={undefined}
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={found.length === 0 ? undefined : `found-${at}`}
        aria-label={words.findPlaceholder}
        placeholder={words.findPlaceholder}
        maxLength={200}
        autofocus
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="found" class="found" role="listbox" aria-label={words.find}>
        {found.map((one, index) => (
          <li
            id={`found-${index}`}
            key={`${one.kind} ${one.name}`}
            role="option"
            aria-selected={index === at}
            onClick={() => open(one)}
          >
            <Said text={one.name} most={90} />
            <small>{one.kind}</small>
          </li>
        ))}
      </ul>
      <p role="status" class="nothing">
        {found.length === 0 ? words.nothingFound : ""}
      </p>
    </Dialog>
  );
}
