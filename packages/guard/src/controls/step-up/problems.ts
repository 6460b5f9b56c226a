import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("authorization", {
  "device-untrusted": {
    status: 401,
    title: "This device has not been confirmed yet",
    sentence: "Sign in on this device as WWW-Authenticate asks, and send the request again.",
  },
});
