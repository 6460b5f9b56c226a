import { defineProblems } from "./problem.ts";

/** Said by every control that needs a caller where there is none, or one that may not go on. */
export const signInProblems = defineProblems("authentication", {
  "credential-missing": {
    status: 401,
    title: "Sign-in is needed",
    sentence: "Send an access token.",
  },
  "token-revoked": {
    status: 401,
    title: "The access token has been revoked",
    sentence: "Sign in again.",
  },
});
