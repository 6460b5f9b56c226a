import type { JSX } from "preact";
import { session } from "../api/session.ts";
import { signOut } from "../api/sign-out.ts";
import { useKept } from "../state/kept.ts";
import { Said } from "../text/said.tsx";
import { visibleText } from "../text/visible.ts";
import { frameWords as words } from "../words/frame.ts";
import { theme, themes } from "./theme.ts";

/** Who is signed in, how they like the colours, and the way out. */
export function YouMenu({ onKeys }: { readonly onKeys: () => void }): JSX.Element {
  const who = useKept(session);
  const chosen = useKept(theme);
  return (
    <details class="menu you">
      <summary aria-label={`${words.you}: ${visibleText(who?.name ?? "")}`}>
        <Said text={who?.name ?? words.you} most={20} />
      </summary>
      <div class="menu-body">
        {who === undefined ? null : (
          <p>
            <Said text={who.name} /> <small>{words.role(who.role)}</small>
          </p>
        )}
        <fieldset>
          <legend>{words.theme}</legend>
          {themes.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="theme"
                checked={chosen === one}
                onChange={() => theme.set(one)}
              />
              {words.themes[one]}
            </label>
          ))}
        </fieldset>
        <button type="button" onClick={onKeys} aria-keyshortcuts="?">
          {words.keys} <kbd>?</kbd>
        </button>
        <button type="button" onClick={() => void signOut()}>
          {words.signOut}
        </button>
      </div>
    </details>
  );
}
