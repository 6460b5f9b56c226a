import { makeKept } from "../state/kept.ts";
import type { Act, Undo } from "./act.ts";

/** The act whose reach is shown, and that waits to be confirmed. */
export const asked = makeKept<Act | undefined>(undefined);

/** What was done last, for the bar that says so and takes it back. */
export interface DoneAct {
  readonly said: string;
  readonly undo: Undo | undefined;
  readonly problem?: string;
}
export const done = makeKept<DoneAct | undefined>(undefined);

const undos: Undo[] = [];
const mostUndos = 50;

export const propose = (act: Act): void => asked.set(act);

/** @throws Problem */
export async function perform(act: Act, why: string): Promise<void> {
  const undo = await act.run(why);
  if (undo !== undefined) {
    undos.push(undo);
    undos.splice(0, undos.length - mostUndos);
  }
  asked.set(undefined);
  done.set({ said: act.name, undo });
}

/** Takes the newest act of this page back: the one that is told of, or the one before. */
export async function undoLast(words: {
  readonly undone: string;
  readonly nothingToUndo: string;
}): Promise<void> {
  const last = undos.pop();
  if (last === undefined) {
    done.set({ said: words.nothingToUndo, undo: undefined });
    return;
  }
  try {
    await last.run();
    done.set({ said: `${words.undone} ${last.name}`, undo: undefined });
  } catch (fault) {
    done.set({ said: last.name, undo: undefined, problem: (fault as Error).message });
  }
}
