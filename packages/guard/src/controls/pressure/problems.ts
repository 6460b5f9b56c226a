import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("pressure", {
  "usage-abnormal": {
    status: 429,
    title: "This is not how the API is used",
    sentence: "Wait for the time in Retry-After.",
  },
});
