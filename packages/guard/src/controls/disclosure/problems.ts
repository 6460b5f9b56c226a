import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("disclosure", {
  "response-unreadable": {
    status: 502,
    title: "The backend's answer cannot be read",
    sentence: "Try again later; the fault is on the server's side.",
  },
  "answer-undeclared": {
    status: 502,
    title: "The backend's answer is not one that may leave",
    sentence: "Try again later; the fault is on the server's side.",
  },
});
