import type { Amendment, AnswerHead } from "../controls/check.ts";
import { isRefusal, type Refusal } from "../facts/refusal.ts";
import { serializeExactly } from "../reading/serialize-exactly.ts";
import type { RunAnswer } from "./course.ts";
import type { Exchange } from "./exchange.ts";

/** What leaves, `unread` when the bytes are no JSON, or `refused` when a refusal stood. */
export type Shaped = { readonly body: Buffer; readonly changed: boolean } | "unread" | "refused";

type Change = Amendment["change"];

/**
 * An answer that was read whole goes through every step on the answer, in their order. The changes
 * are kept, so that an answer whose numbers a double does not keep goes through the very same a
 * second time, with its numbers as they were written.
 *
 * @param headers the answer's fields, which a change may be a change of. Flat
 */
export function shapeAnswer(
  exchange: Exchange,
  head: AnswerHead,
  bytes: Buffer,
  headers: string[],
): Shaped {
  // Where a place alone decides, the rest is looked through, and nothing is made of it.
  const places = exchange.course.pick?.(bytes);
  if (places !== undefined) return judgePicked(exchange, head, bytes, places.picked);
  let sent: unknown;
  try {
    sent = JSON.parse(bytes.toString());
  } catch {
    return "unread";
  }
  let changes: Change[] | undefined;
  let value = sent;
  const { answers } = exchange.course;
  // Not by an iterator: over what is frozen, each of its steps is an object.
  for (let index = 0; index < answers.length; index += 1) {
    const { check, mode } = answers[index] as RunAnswer;
    const outcome = check.body?.(exchange, value, head);
    if (outcome === undefined) continue;
    if (isRefusalOf(outcome)) {
      if (exchange.decide(outcome)) return "refused";
      continue;
    }
    if (!isMade(exchange, outcome, mode)) continue;
    value = outcome.change(value);
    outcome.fields?.(headers);
    (changes ??= []).push(outcome.change);
  }
  if (value === sent || changes === undefined) return { body: bytes, changed: false };
  const made = changes;
  const changeAgain = (exact: unknown): unknown => made.reduce((one, change) => change(one), exact);
  return { body: serializeExactly(bytes, value, changeAgain), changed: true };
}

/** Steps that look at places change nothing; one that did would be a fault of the gate's own. */
function judgePicked(exchange: Exchange, head: AnswerHead, bytes: Buffer, picked: unknown): Shaped {
  for (const { check, title } of exchange.course.answers) {
    const outcome = check.body?.(exchange, picked, head);
    if (outcome === undefined) continue;
    if (!isRefusalOf(outcome)) throw new Error(`'${title}' changes what it has not seen`);
    if (exchange.decide(outcome)) return "refused";
  }
  return { body: bytes, changed: false };
}

const isRefusalOf = (outcome: Refusal | Amendment): outcome is Refusal => isRefusal(outcome);

/** Whether a change is made: where its step is enforced, and not where it is only observed. */
const isMade = (exchange: Exchange, { because }: Amendment, mode: string | undefined): boolean =>
  because === undefined ? exchange.enforces(mode) : exchange.amend(because);
