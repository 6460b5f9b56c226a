import { defineProblems } from "./problem.ts";
import { refuse, type Refusal } from "./refusal.ts";

export const capacityProblems = defineProblems("capacity", {
  "capacity-exceeded": {
    status: 503,
    title: "There is as much to do as can be done",
    sentence: "Try again after the time in Retry-After.",
  },
  "deadline-passed": {
    status: 504,
    title: "The answer would have come too late",
    sentence: "Try again after the time in Retry-After.",
  },
});

const reducedCapacity =
  "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity";

const [leastRetrySeconds, retrySpread] = [1, 3];

/** A time to come again that differs: callers who are told the same time come back at once. */
export const spreadRetrySeconds = (): number =>
  leastRetrySeconds + Math.floor(Math.random() * (retrySpread + 1));

/**
 * There is no place for the request.
 *
 * @param always a bound of what the gate itself can hold, which no mode moves
 */
export const capacityExceeded = (detail: string, always: boolean): Refusal =>
  refuse(capacityProblems["capacity-exceeded"], {
    detail,
    type: reducedCapacity,
    retryAfterSeconds: spreadRetrySeconds(),
    ...(always ? { always } : {}),
  });

export const deadlinePassed = (detail: string): Refusal =>
  refuse(capacityProblems["deadline-passed"], {
    detail,
    retryAfterSeconds: spreadRetrySeconds(),
  });
