import { defineProblems } from "../../facts/problem.ts";

/** What two programs could read differently is never passed on. */
export const problems = defineProblems("protocol", {
  "upgrade-refused": {
    status: 400,
    title: "This protocol upgrade is not offered",
    sentence: "Only WebSocket upgrades, on operations that declare them, are served.",
  },
  "frame-malformed": {
    status: 400,
    title: "A WebSocket frame is malformed",
    sentence: "Send frames as RFC 6455 describes them, without extensions.",
  },
  "message-not-text": {
    status: 400,
    title: "A text is not UTF-8",
    sentence: "Send text as UTF-8, and anything else as a binary message.",
  },
});

export const boundProblems = defineProblems("websocket", {
  "origin-refused": {
    status: 403,
    title: "Pages of this origin may not open WebSockets here",
    sentence: "Open it from the API's own pages, or from those that its operator has named.",
  },
  "too-many-websockets": {
    status: 429,
    title: "Too many WebSockets are open",
    sentence: "Close one, or wait for the time in Retry-After.",
  },
  "message-too-large": {
    status: 413,
    title: "A message is larger than this operation accepts",
    sentence: "Send smaller messages.",
  },
  "too-many-messages": {
    status: 429,
    title: "Too many messages",
    sentence: "Open the WebSocket again after a while, and send fewer messages.",
  },
  "websocket-idle": {
    status: 408,
    title: "Nothing was said for too long",
    sentence: "Open the WebSocket again, and send a ping from time to time.",
  },
  "websocket-over": {
    status: 408,
    title: "The WebSocket has been open for as long as it may",
    sentence: "Open it again.",
  },
});

export const requestProblems = defineProblems("request", {
  "message-invalid": {
    status: 400,
    title: "A message does not fit the API's document",
    sentence: "Send messages as the API's document describes them.",
  },
});

export const responseProblems = defineProblems("response", {
  "response-message-invalid": {
    status: 502,
    title: "A message of the backend does not fit the API's document",
    sentence: "Try again later; the fault is on the server's side.",
  },
});
