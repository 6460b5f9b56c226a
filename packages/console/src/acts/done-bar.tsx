import type { JSX } from "preact";
import { useKept } from "../state/kept.ts";
import { Said } from "../text/said.tsx";
import { actWords as words } from "../words/acts.ts";
import { stateWords } from "../words/states.ts";
import { done, undoLast } from "./acting.ts";

/** Says what was done last, with its undo under the thumb. It stays until it is closed. */
export function DoneBar(): JSX.Element {
  const last = useKept(done);
  return (
    <div class="done-bar" role="status" aria-live="polite">
      {last === undefined ? null : (
        <div class={last.problem === undefined ? "done" : "done bad"}>
          <span>
            <Said text={last.said} />
            {last.problem === undefined ? null : (
              <>
                : <Said text={last.problem} />
              </>
            )}
          </span>
          {last.undo === undefined ? null : (
            <button
              type="button"
              class="main"
              aria-keyshortcuts="u"
              onClick={() => void undoLast(words)}
            >
              {words.undo}
            </button>
          )}
          <button
            type="button"
            class="quiet"
            aria-label={stateWords.close}
            onClick={() => done.set(undefined)}
          >
            ×
          </button>
        </div>
      )}
    </div>
  );
}
