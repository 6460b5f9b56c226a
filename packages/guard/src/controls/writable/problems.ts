import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("authorization", {
  "property-forbidden": {
    status: 403,
    title: "This may not be written",
    sentence: "Leave out the properties named in errors.",
    ofTheRequest: true,
  },
});
