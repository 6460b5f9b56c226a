import { defineProblems } from "./problem.ts";

/** Said wherever somebody must sign in again, or more strongly (RFC 9470). */
export const stepUpProblems = defineProblems("authorization", {
  "step-up-needed": {
    status: 401,
    title: "A stronger or fresher sign-in is needed",
    sentence: "Sign in again as WWW-Authenticate asks, and send the request again.",
  },
});
