import { defineProblems } from "./problem.ts";

/** Said by every control that needs a caller where there is none. */
export const signInProblems = defineProblems("authentication", {
  "credential-missing": {
    status: 401,
    title: "Sign-in is needed",
    sentence: "Send an access token.",
  },
});
