import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("request", {
  "field-ambiguous": {
    status: 400,
    title: "A field of the form could be read as another one",
    sentence: "Send each field by the name that the API's document gives it.",
  },
});
