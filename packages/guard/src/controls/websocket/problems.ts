import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("protocol", {
  "upgrade-refused": {
    status: 400,
    title: "This protocol upgrade is not offered",
    sentence: "Only WebSocket upgrades, on operations that declare them, are served.",
  },
});
