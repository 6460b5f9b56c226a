import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { go } from "../../address/place.ts";
import { useKeys } from "../../keys/use-keys.ts";
import { callerWords as words } from "../../words/callers.ts";
import { keyWords } from "../../words/keys.ts";
import { callerAt, type CallerKind, callerKinds, kindOf } from "./caller-kinds.ts";

const trace = /^[0-9a-f]{32}$/i;
const address = /^(\d{1,3}\.){3}\d{1,3}$|^[0-9a-f]*:[0-9a-f:.]+$/i;

/** What somebody has typed may say by itself what it is. */
const meant = (kind: CallerKind, value: string): CallerKind =>
  kind !== "person"
    ? kind
    : trace.test(value)
      ? "trace"
      : address.test(value)
        ? "address"
        : /^[^@\s]+@[^@\s]+$/.test(value)
          ? "email"
          : kind;

/** Whom to look for, and by what. */
export function FindCaller(): JSX.Element {
  const [kind, setKind] = useState<CallerKind>("person");
  const [value, setValue] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useKeys([{ keys: "f", what: keyWords.filter, run: () => field.current?.focus() }]);
  const find = (event: Event): void => {
    event.preventDefault();
    const name = value.trim();
    if (name !== "") go(callerAt(meant(kind, name), name));
  };
  return (
    <>
      <h1>{words.title}</h1>
      <p>{words.intro}</p>
      <form class="find-caller" role="search" onSubmit={find}>
        <label>
          <span>{words.kind}</span>
          <select
            value={kind}
            onChange={({ currentTarget }) => setKind(kindOf(currentTarget.value))}
          >
            {callerKinds.map((one) => (
              <option key={one} value={one}>
                {words.kinds[one]}
              </option>
            ))}
          </select>
        </label>
        <label class="grow">
          <span>{words.value}</span>
          <input
            ref={field}
            type="text"
            autocomplete="off"
            spellcheck={false}
            required
            maxLength={300}
            aria-keyshortcuts="f"
            placeholder={words.hints[kind]}
            value={value}
            onInput={({ currentTarget }) => setValue(currentTarget.value)}
          />
        </label>
        <button type="submit" class="main">
          {words.find}
        </button>
      </form>
    </>
  );
}
