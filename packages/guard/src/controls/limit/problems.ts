import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("limit", {
  "limit-exceeded": {
    status: 429,
    title: "Too many requests",
    sentence: "Wait for the time in Retry-After.",
  },
});
