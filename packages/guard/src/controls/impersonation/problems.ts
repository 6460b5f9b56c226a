import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("impersonation", {
  "impersonation-malformed": {
    status: 400,
    title: "In whose name this is asked cannot be read",
    sentence: "Name one person and one reason, in the header fields that the API documents.",
  },
  "impersonation-refused": {
    status: 403,
    title: "Acting for others is not permitted",
    sentence: "Send the request in your own name.",
  },
  "impersonation-subject-refused": {
    status: 403,
    title: "This person cannot be acted for",
    sentence: "Ask who runs the API in whose name you may act.",
  },
  "impersonation-ended": {
    status: 403,
    title: "Acting for this person is over",
    sentence: "Begin anew with a reason of its own, if there is one.",
  },
  "impersonation-operation-refused": {
    status: 403,
    title: "This cannot be done in another's name",
    sentence: "The person must do it.",
  },
  "impersonation-unavailable": {
    status: 503,
    title: "Whether this person may be acted for cannot be told just now",
    sentence: "Try again after the time in Retry-After.",
  },
});
