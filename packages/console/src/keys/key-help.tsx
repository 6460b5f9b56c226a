import type { JSX } from "preact";
import { Dialog } from "../states/dialog.tsx";
import { useKept } from "../state/kept.ts";
import { keyWords } from "../words/keys.ts";
import { keysNow, keysSwitch } from "./keyboard.ts";

/** `?`: every key that holds on this page, and the switch that turns all of them off. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const state = useKept(keysSwitch);
  const rows = new Map(keysNow().map((one) => [one.keys, one.what]));
  return (
    <Dialog title={keyWords.title} onClose={onClose}>
      <label class="switch">
        <input
          type="checkbox"
          checked={state === "on"}
          onChange={({ currentTarget }) => keysSwitch.set(currentTarget.checked ? "on" : "off")}
        />
        {keyWords.turnOn}
      </label>
      <dl class="keys">
        {[...rows].map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd>{keyWords.names[key] ?? key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
