import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("closed", {
  "operation-switched-off": {
    status: 503,
    title: "This is switched off for now",
    sentence: "The operator has switched this operation off for a while; try again later.",
  },
});
