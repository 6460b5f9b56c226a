import assert from "node:assert/strict";
import { test } from "node:test";
import { sourcesBelow, textOf } from "./sources.ts";

const guard = "packages/guard/src";
/** What runs later, outside of whoever has started it: a throw in there ends the thread. */
const runsLater =
  /(?<!boundary)\.(?:then|catch|finally|on|once|addListener)\(|\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\(/gi;

/** Where it may stand, and why a throw goes no further. */
const allowed: Readonly<Record<string, string>> = {
  [`${guard}/journey/boundary.ts`]: "it is what everything else goes through",
  [`${guard}/journey/explain.ts`]: "nothing is served: the promise is waited for like any step's",
  [`${guard}/journey/bound-stream.ts`]:
    "the listeners destroy, and what is judged runs in the boundary",
  [`${guard}/journey/open-tunnels.ts`]:
    "each connection bounds its own look, and ends by its fault",
  [`${guard}/journey/route.ts`]: "the promise is waited for like any step's",
  [`${guard}/journey/tunnel.ts`]:
    "the listeners destroy, and whoever carries the bytes bounds itself",
  [`${guard}/doors/stream-answer.ts`]: "trailers that cannot be sent destroy their own stream",
  [`${guard}/doors/stream-body.ts`]: "the listeners only hand bytes on, or destroy their own body",
  [`${guard}/doors/whole-response.ts`]: "whoever waits for its end bounds itself",
  [`${guard}/doors/node-http.ts`]: "the listeners only end or destroy their own socket",
};

test("what an exchange does later, it does inside of its boundary", () => {
  const found = [...sourcesBelow(`${guard}/journey`), ...sourcesBelow(`${guard}/doors`)].filter(
    (file) => [...textOf(file).matchAll(runsLater)].length > 0,
  );
  assert.deepEqual(
    found.filter((file) => !Object.hasOwn(allowed, file)),
    [],
  );
  assert.deepEqual(Object.keys(allowed).sort(), found.sort());
});

test("every answer of a backend is received inside of a boundary", () => {
  const receivers = sourcesBelow(`${guard}/journey`).filter((file) =>
    /implements\s+AnswerReceiver|\bonHead\s*[:(]/.test(textOf(file)),
  );
  assert.deepEqual(receivers, [`${guard}/journey/boundary.ts`]);
});
