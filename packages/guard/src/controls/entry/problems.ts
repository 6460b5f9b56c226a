import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("authorization", {
  "rule-missing": {
    status: 403,
    title: "This is not permitted",
    sentence: "No rule allows this operation.",
  },
  "scope-insufficient": {
    status: 403,
    title: "The access token does not allow this",
    sentence: "Ask for the scopes named in WWW-Authenticate.",
  },
  "role-insufficient": {
    status: 403,
    title: "This is not permitted",
    sentence: "The account may not do this.",
  },
  "client-refused": {
    status: 403,
    title: "This is not permitted from this app",
    sentence: "The operation is offered to other apps only.",
  },
});
