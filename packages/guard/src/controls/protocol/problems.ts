import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("protocol", {
  "path-malformed": {
    status: 400,
    title: "The path can be read in more than one way",
    sentence:
      "Send the path in its plain form: no dot segments, no encoded slashes or dots, " +
      "no backslashes, no empty segments, valid UTF-8.",
  },
  "target-unsupported": {
    status: 400,
    title: "This form of request target is not served",
    sentence: "Send the path alone as the request target (origin form).",
  },
  "method-unsupported": {
    status: 501,
    title: "This method is not known",
    sentence: "Use a method that the API declares.",
  },
  "headers-too-large": {
    status: 431,
    title: "The header fields are too large",
    sentence: "Send fewer or shorter header fields.",
  },
  "framing-ambiguous": {
    status: 400,
    title: "The length of the request can be read in more than one way",
    sentence: "Send either Content-Length or Transfer-Encoding: chunked, once.",
  },
  "cleartext-refused": {
    status: 403,
    title: "Only encrypted connections are served",
    sentence: "Use https. Tokens sent over this connection should be treated as seen by others.",
  },
  "request-timeout": {
    status: 408,
    title: "The request took too long to arrive",
    sentence: "Send the request again.",
  },
  "too-many-underway": {
    status: 429,
    title: "Too many requests of one address are underway",
    sentence: "Wait until some have ended; Retry-After says when to try again.",
  },
});

/** What is taken out in place of being refused. */
export const listedProblems = defineProblems("headers", {
  "header-undeclared": {
    status: 400,
    title: "A header field is not one that the API's document declares",
    sentence: "Send header fields that the API's document declares; others are left out.",
  },
});
