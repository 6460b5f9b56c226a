import { defineProblems } from "./problem.ts";

/** What the request asks to be done is not certain, so neither is which operation it is. */
export const methodProblems = defineProblems("route", {
  "method-ambiguous": {
    status: 400,
    title: "The method can be read in more than one way",
    sentence:
      "Send the method that is meant as the request's own, once, and no other in a query " +
      "parameter, a form field or a property of the body.",
  },
});
