import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("ownership", {
  "ids-unsealable": {
    status: 502,
    title: "The backend's answer is not one whose ids can be sealed",
    sentence: "Try again later; the fault is on the server's side.",
  },
});
