import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("host", {
  "host-unknown": {
    status: 421,
    title: "This gate does not answer to that name",
    sentence: "Send the API's own host name in the Host field.",
  },
});
