import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("flow", {
  "step-missing": {
    status: 409,
    title: "A step before this one is missing",
    sentence:
      "Take the steps before it in their order. Where there is a Retry-After, only wait for it.",
  },
  "steps-unknown": {
    status: 503,
    title: "Which steps came before cannot be told just now",
    sentence: "Try again after the time in Retry-After.",
  },
});
