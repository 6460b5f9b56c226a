import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("limit", {
  "limit-exceeded": {
    status: 429,
    title: "Too many requests",
    sentence: "Wait for the time in Retry-After.",
  },
  "quota-used-up": {
    status: 429,
    title: "The quota is used up",
    sentence: "Wait for the time in Retry-After, where there is one.",
  },
  "concurrency-exceeded": {
    status: 429,
    title: "Too many requests at the same time",
    sentence: "Wait until an earlier request has been answered.",
  },
  "amount-unreadable": {
    status: 400,
    title: "The amount cannot be read",
    sentence:
      "Send it once, as a number of at least 0 with at most six decimals, or as a text that is one.",
  },
  "limit-unknown": {
    status: 503,
    title: "How much was asked before cannot be told just now",
    sentence: "Try again after the time in Retry-After.",
  },
});
