import type { JSX } from "preact";
import { mayDo, session } from "../api/session.ts";
import { useKept } from "../state/kept.ts";
import { actWords } from "../words/acts.ts";
import type { Act } from "./act.ts";
import { propose } from "./acting.ts";

/** A button that shows an act's reach. Who may not do it sees it, and is told who may. */
export function ActButton({
  act,
  main = false,
}: {
  readonly act: Act;
  readonly main?: boolean;
}): JSX.Element {
  const who = useKept(session);
  const isAllowed = mayDo(who, act.needs);
  return (
    <button
      type="button"
      class={main ? "main" : undefined}
      aria-haspopup="dialog"
      title={isAllowed ? undefined : actWords.needs(act.needs)}
      onClick={() => propose(act)}
    >
      {act.name}
      {isAllowed ? null : <span class="lock" aria-label={actWords.needs(act.needs)} role="img" />}
    </button>
  );
}
