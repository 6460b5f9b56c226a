import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("limit", {
  "limit-exceeded": {
    status: 429,
    title: "Too many requests",
    sentence: "Wait for the time in Retry-After.",
  },
  "limit-unknown": {
    status: 503,
    title: "How much was asked before cannot be told just now",
    sentence: "Try again after the time in Retry-After.",
  },
});
