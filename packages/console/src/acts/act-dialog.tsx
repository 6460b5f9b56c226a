import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/problem.ts";
import { mayDo, session } from "../api/session.ts";
import { useKept } from "../state/kept.ts";
import { CopyCommand } from "../states/copy-command.tsx";
import { Dialog } from "../states/dialog.tsx";
import { Failed, Notice } from "../states/states.tsx";
import { Said } from "../text/said.tsx";
import { actWords as words } from "../words/acts.ts";
import { stateWords } from "../words/states.ts";
import type { Act } from "./act.ts";
import { asked, perform } from "./acting.ts";

/** Shows the reach of the act that was chosen, asks why, and does it. */
export function ActDialog(): JSX.Element | null {
  const act = useKept(asked);
  return act === undefined ? null : <Asking key={act.id} act={act} />;
}

const leastLetters = 3;

function Asking({ act }: { readonly act: Act }): JSX.Element {
  const who = useKept(session);
  const reach = useReach(act);
  const [why, setWhy] = useState(act.why);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [isUnderway, setUnderway] = useState(false);
  const seen = useSeen(act);
  const isAllowed = mayDo(who, act.needs);

  const press = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isUnderway) return;
    setUnderway(true);
    setProblem(undefined);
    try {
      if (await seen.hasChanged()) setProblem(new Problem(409, { title: words.changed }));
      else await perform(act, why.trim());
    } catch (fault) {
      setProblem(fault instanceof Problem ? fault : new Problem(0, { title: String(fault) }));
    }
    setUnderway(false);
  };
  return (
    <Dialog title={act.name} onClose={() => asked.set(undefined)}>
      <form class="act" onSubmit={(event) => void press(event)}>
        <h3>{words.reach}</h3>
        <p class="reach" aria-live="polite">
          <Said text={reach} most={600} />
        </p>
        <label>
          <span>{words.why}</span>
          <textarea
            required
            minLength={leastLetters}
            maxLength={500}
            rows={2}
            value={why}
            onInput={({ currentTarget }) => setWhy(currentTarget.value)}
          />
          <small>{words.whyHint}</small>
        </label>
        {isAllowed ? null : (
          <Notice title={stateWords.notAllowed} tone="warn">
            {stateWords.whoMay(act.needs)}
          </Notice>
        )}
        {problem === undefined ? null : <Failed problem={problem} />}
        <footer>
          {act.command === undefined ? null : <CopyCommand command={act.command} />}
          <span class="grow" />
          <button type="button" onClick={() => asked.set(undefined)}>
            {words.cancel}
          </button>
          {/* With the focus, so that Enter confirms what was just read. */}
          <button
            type="submit"
            class={act.danger === true ? "danger" : "main"}
            disabled={!isAllowed || isUnderway}
            autoFocus
          >
            {act.name}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function useReach({ reach }: Act): string {
  const [told, setTold] = useState(typeof reach === "string" ? reach : words.asking);
  useEffect(() => {
    if (typeof reach === "string") return;
    reach().then(setTold, () => setTold(words.unknownReach));
  }, []);
  return told;
}

/** Asked again once: whoever has read that it changed may press. */
function useSeen({ seen }: Act): { readonly hasChanged: () => Promise<boolean> } {
  const [first, setFirst] = useState<string | undefined>(undefined);
  useEffect(() => {
    void seen?.().then(setFirst, () => undefined);
  }, []);
  return {
    async hasChanged() {
      const now = await seen?.();
      if (now === undefined || first === undefined || now === first) return false;
      setFirst(now);
      return true;
    },
  };
}
