import { useEffect, useState } from "preact/hooks";
import { type AnswerTo, ask, type Asked, type Reading, targetOf } from "./admin-client.ts";
import { Problem } from "./problem.ts";

/** What a part of a page knows of what it has asked for. */
export interface Answer<T> {
  /** The newest that has come; it stays while another is asked for or the gate is gone. */
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  /** When `value` came, in milliseconds since 1970. */
  readonly atMs: number;
  /** Asks again, now. */
  readonly again: () => void;
}

interface Asking extends Asked {
  /** Asks again after so long, as long as the page is looked at. */
  readonly everyMs?: number;
}

/**
 * What the admin API answers to a question; another question while it is asked takes its place. The
 * parts of a page that ask the same at the same time share one answer.
 *
 * @param asked undefined: nothing is asked yet
 */
export function useAnswer<W extends Reading>(
  wish: W,
  asked: Asking | undefined,
): Answer<AnswerTo<W>> {
  const target = asked === undefined ? undefined : targetOf(wish, asked);
  const everyMs = asked?.everyMs;
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState<{
    readonly value: AnswerTo<W> | undefined;
    readonly problem: Problem | undefined;
    readonly target: string | undefined;
    readonly atMs: number;
  }>({ value: undefined, problem: undefined, target: undefined, atMs: 0 });

  useEffect(() => {
    if (target === undefined || asked === undefined) return undefined;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (background: boolean): Promise<void> => {
      try {
        const value = await shared(target, () => ask(wish, { ...asked, background }));
        if (!isOver) setKnown({ value, problem: undefined, target, atMs: Date.now() });
      } catch (fault) {
        const problem = fault instanceof Problem ? fault : new Problem(0, { title: String(fault) });
        if (!isOver) setKnown((before) => ({ ...before, problem, target }));
      }
      if (!isOver && everyMs !== undefined) timer = setTimeout(nextLook, everyMs);
    };
    /** A tab that nobody looks at asks nothing, and asks at once when somebody does. */
    const nextLook = (): void => {
      if (document.hidden) addEventListener("visibilitychange", nextLook, { once: true });
      else void load(true);
    };
    void load(round > 0);
    return () => {
      isOver = true;
      clearTimeout(timer);
      removeEventListener("visibilitychange", nextLook);
    };
  }, [wish, target, everyMs, round]);

  return {
    value: known.value,
    problem: known.target === target ? known.problem : undefined,
    isLoading: known.target !== target,
    atMs: known.atMs,
    again: () => setRound((before) => before + 1),
  };
}

const underway = new Map<string, Promise<unknown>>();

async function shared<T>(target: string, begin: () => Promise<T>): Promise<T> {
  const known = underway.get(target);
  if (known !== undefined) return known as Promise<T>;
  const begun = begin().finally(() => underway.delete(target));
  underway.set(target, begun);
  return begun;
}
