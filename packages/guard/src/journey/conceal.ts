import { absent } from "../facts/absent.ts";
import type { Refusal } from "../facts/refusal.ts";
import { answerRefusal } from "./answer.ts";
import type { Boundary } from "./boundary.ts";

/**
 * Answers what was decided: in other words and at its own time where the operation conceals it, and
 * as it is elsewhere. The record keeps what really was.
 */
export function answerDecided(boundary: Boundary, refusal: Refusal): void {
  const { answer, exchange } = boundary;
  const { conceal } = exchange.course.operation;
  if (conceal?.hides(refusal) === true) {
    answerLater(boundary, conceal.answer, conceal.stepMs);
    return;
  }
  answerRefusal(exchange, answer, refusal);
  boundary.end();
}

/** Answers as if there were nothing at the address, though nothing was refused. */
export function answerAbsent(boundary: Boundary): void {
  const { answer, exchange } = boundary;
  const { conceal } = exchange.course.operation;
  if (conceal !== undefined) {
    answerLater(boundary, conceal.answer, conceal.stepMs);
    return;
  }
  answerRefusal(exchange, answer, absent);
  boundary.end();
}

/**
 * The answer leaves at the next multiple of `stepMs` after the request came, so that its time does
 * not tell whether a backend was asked, found something, or found nothing.
 */
function answerLater(boundary: Boundary, refusal: Refusal, stepMs: number): void {
  const { answer, exchange } = boundary;
  boundary.later(untilNextStep(performance.now() - exchange.startedAt, stepMs), () => {
    answerRefusal(exchange, answer, refusal);
    boundary.end();
  });
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
