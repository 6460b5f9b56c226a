import type { TellNamed } from "./named.ts";
import { defineProblems } from "./problem.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** What is said of objects, by every control that judges whose they are. */
export const objectProblems = defineProblems("ownership", {
  "object-not-yours": {
    status: 404,
    title: "There is nothing at this address",
    sentence: "The object does not exist, or is not the caller's; both are answered alike.",
  },
  "too-many-objects": {
    status: 400,
    title: "The request names too many objects",
    sentence: "Ask for fewer objects in one request.",
  },
  "owner-unknown": {
    status: 503,
    title: "Whose this is cannot be told just now",
    sentence: "Try again after the time in Retry-After.",
  },
});

/** Another's object is answered like one that is absent. */
export const notYours = (detail: string, named?: TellNamed): Refusal =>
  refuse(objectProblems["object-not-yours"], named === undefined ? { detail } : { detail, named });

/** For a request that names more objects than are asked about for one request. */
export const tooManyObjects = (most: number): Refusal =>
  refuse(objectProblems["too-many-objects"], {
    detail: `the request names more than ${most} different objects (mostObjects)`,
  });

/** For an object whose owner could not be found out: what was asked gave no usable answer. */
export const ownerUnknown = (detail: string, retryAfterSeconds = 1): Refusal =>
  refuse(objectProblems["owner-unknown"], { detail, retryAfterSeconds });

/** The answer for an object that does not exist. It has no detail that could differ between two. */
export const absent: Refusal = Object.freeze(refuse(objectProblems["object-not-yours"]));
