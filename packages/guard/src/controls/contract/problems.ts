import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("request", {
  "request-invalid": {
    status: 400,
    title: "The request does not fit the API's document",
    sentence: "Mend the places named in errors.",
  },
  "request-uncheckable": {
    status: 403,
    title: "This operation is closed",
    sentence:
      "What the API's document says of its requests cannot be read, so nobody can check them.",
  },
  "body-malformed": {
    status: 400,
    title: "The body is not well-formed",
    sentence: "Send a body that is well-formed for its media type.",
  },
  "body-ambiguous": {
    status: 400,
    title: "The body can be read in more than one way",
    sentence: "Send each property once, in UTF-8, with numbers that are kept exactly.",
  },
  "spelling-ambiguous": {
    status: 400,
    title: "The request is signed, and spelled in a way that programs read differently",
    sentence:
      "Write the query and the body plainly: one equals sign in each pair, blanks as %20, " +
      "whole numbers as digits, and each part of a form with its name and type alone.",
  },
  "body-missing": {
    status: 400,
    title: "A body is needed",
    sentence: "Send the body that the API's document describes.",
  },
  "body-undeclared": {
    status: 400,
    title: "This operation takes no body",
    sentence: "Leave the body out. The request is not refused for it: it goes on without the body.",
  },
  "body-too-large": {
    status: 413,
    title: "The body is larger than this operation accepts",
    sentence: "Send a smaller body.",
  },
  "body-encoding-unsupported": {
    status: 415,
    title: "This Content-Encoding is not accepted",
    sentence: "Send the body unencoded, or with one of the encodings in Accept-Encoding.",
  },
  "media-type-unsupported": {
    status: 415,
    title: "This media type is not accepted here",
    sentence: "Send one of the media types that the API's document names.",
  },
});

/** The body broke off: there is nothing that could be passed on, in any mode. */
export const transferProblems = defineProblems("protocol", {
  "body-incomplete": {
    status: 400,
    title: "The body ended before it was complete",
    sentence: "Send the request again.",
  },
});

export const answerProblems = defineProblems("response", {
  "response-invalid": {
    status: 502,
    title: "The backend's answer does not fit the API's document",
    sentence: "Try again later; the fault is on the server's side.",
  },
  "response-undeclared": {
    status: 502,
    title: "The backend's answer is not one the API's document names",
    sentence: "Try again later; the fault is on the server's side.",
  },
});
