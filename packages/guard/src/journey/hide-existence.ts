import { refuse, rowOf, type Refusal } from "../refusal.ts";
import { answerRefusal, type Answer } from "./answer.ts";
import type { JourneyExchange } from "./step.ts";

const absent = refuse("object-not-yours");
/** What a backend says of an object that is not there, was there, or may not be seen. */
const absentStatuses: ReadonlySet<number> = new Set([403, 404, 410]);

/** Whether a refusal would tell that there is something to refuse. Who is not signed in, or not strongly enough, must be told so. */
export const tellsOfExistence = (refusal: Refusal): boolean => refusal.code === "object-not-yours" || (rowOf(refusal).control === "authorization" && rowOf(refusal).status === 403 && refusal.code !== "property-forbidden");

export const saysAbsent = (status: number): boolean => absentStatuses.has(status);

/** Answers what was decided: hidden where the policy hides and the refusal would tell, and as it is elsewhere. */
export function answerDecided(exchange: JourneyExchange, answer: Answer, refusal: Refusal, hideStepMs: number | undefined, finished: () => void): void {
  exchange.refusal = refusal;
  if (hideStepMs !== undefined && tellsOfExistence(refusal)) return answerHidden(exchange, answer, hideStepMs, finished);
  answerRefusal(exchange, answer, refusal);
  finished();
}

/**
 * Answers as if there were nothing at the address, in words, fields and time: the answer leaves at the next multiple of
 * `stepMs` after the request came, so that it does not tell whether a backend was asked, found something, or found
 * nothing. The record keeps what really was.
 */
export function answerHidden(exchange: JourneyExchange, answer: Answer, stepMs: number, finished: () => void): void {
  const { refusal } = exchange;
  const waitMs = untilNextStep(performance.now() - exchange.startedAt, stepMs);
  setTimeout(() => {
    answerRefusal(exchange, answer, absent);
    exchange.refusal = refusal;
    finished();
  }, waitMs);
}

/** Timers count whole milliseconds. Cutting the rest off would tell of it; rounding at random gives it back on average. */
export function untilNextStep(elapsedMs: number, stepMs: number): number {
  const exact = Math.ceil(elapsedMs / stepMs) * stepMs - elapsedMs;
  const whole = Math.floor(exact);
  return Math.random() < exact - whole ? whole + 1 : whole;
}
