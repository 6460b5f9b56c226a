import type { DecisionRecord } from "./record.ts";

/** What few records have: it is written as JSON, and has no place of its own in a row. */
export type RecordRest = Partial<
  Pick<
    DecisionRecord,
    "acting" | "decisions" | "first" | "stripped" | "unwritten" | "unchecked" | "webSocket"
  >
>;

/** A record that says more than this says it in short: nobody shall fill the memory of all others. */
export const mostRestLetters = 16_384;

/** @returns undefined where the record has nothing of this kind, as most have */
export function restText(record: DecisionRecord): string | undefined {
  const { acting, decisions, first, stripped, unchecked, unwritten, webSocket } = record;
  if (
    acting === undefined &&
    decisions.length === 0 &&
    first === undefined &&
    stripped === undefined &&
    unwritten === undefined &&
    unchecked === undefined &&
    webSocket === undefined
  )
    return undefined;
  const rest = { acting, decisions, first, stripped, unwritten, unchecked, webSocket };
  const text = JSON.stringify(rest);
  return text.length <= mostRestLetters ? text : JSON.stringify(inShort(rest));
}

/** What was decided stays, and whom it names; in which words, and for which places, does not. */
function inShort(rest: RecordRest): RecordRest {
  const { acting, decisions, first, stripped, unchecked, unwritten, webSocket } = rest;
  return {
    acting,
    decisions: (decisions ?? []).slice(0, mostInShort).map(({ rule: _rule, ...kept }) => ({
      ...kept,
      detail: "more than a record holds",
      at: undefined,
    })),
    first,
    stripped: fewOf(stripped),
    unwritten: fewOf(unwritten),
    unchecked: fewOf(unchecked),
    webSocket,
  };
}

/** Each names at most five objects and five owners. */
const mostInShort = 24;
const mostLettersInShort = 64;

function fewOf(names: readonly string[] | undefined): readonly string[] | undefined {
  const few = names?.slice(0, mostInShort).map((name) => name.slice(0, mostLettersInShort));
  return few?.length === names?.length ? few : [...(few ?? []), "(more)"];
}
