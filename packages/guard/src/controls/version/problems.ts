import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("version", {
  "version-unknown": {
    status: 404,
    title: "This version of the API is not known",
    sentence: "Use a version that the API offers.",
  },
  "version-sunset": {
    status: 410,
    title: "This version of the API has ended",
    sentence: "Use the successor named in the Link field.",
  },
});
