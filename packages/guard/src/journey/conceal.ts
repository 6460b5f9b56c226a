import { absent } from "../facts/absent.ts";
import type { Refusal } from "../facts/refusal.ts";
import { type Answer, answerRefusal } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Answers what was decided: in other words and at its own time where the operation conceals it, and
 * as it is elsewhere. The record keeps what really was.
 */
export function answerDecided(
  exchange: Exchange,
  answer: Answer,
  refusal: Refusal,
  ended: () => void,
): void {
  const { conceal } = exchange.course.operation;
  if (conceal?.hides(refusal) === true) {
    answerLater(exchange, answer, conceal.answer, conceal.stepMs, ended);
    return;
  }
  answerRefusal(exchange, answer, refusal);
  ended();
}

/** Answers as if there were nothing at the address, though nothing was refused. */
export function answerAbsent(exchange: Exchange, answer: Answer, ended: () => void): void {
  const { conceal } = exchange.course.operation;
  if (conceal !== undefined) {
    answerLater(exchange, answer, conceal.answer, conceal.stepMs, ended);
    return;
  }
  answerRefusal(exchange, answer, absent);
  ended();
}

/**
 * The answer leaves at the next multiple of `stepMs` after the request came, so that its time does
 * not tell whether a backend was asked, found something, or found nothing.
 */
function answerLater(
  exchange: Exchange,
  answer: Answer,
  refusal: Refusal,
  stepMs: number,
  ended: () => void,
): void {
  setTimeout(
    () => {
      answerRefusal(exchange, answer, refusal);
      ended();
    },
    untilNextStep(performance.now() - exchange.startedAt, stepMs),
  );
}

/**
 * Timers count whole milliseconds. If the rest of the time were always cut off, the moment of the
 * answer would tell how long it took; rounding up or down at random gives it back on average.
 */
export function untilNextStep(elapsedMs: number, stepMs: number): number {
  const exact = Math.ceil(elapsedMs / stepMs) * stepMs - elapsedMs;
  const whole = Math.floor(exact);
  return Math.random() < exact - whole ? whole + 1 : whole;
}
