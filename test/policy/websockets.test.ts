import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findingsOf } from "@portcullis/guard/policy";
import { directory, planned } from "./planned.ts";

const document = join(directory, "live.yaml");
writeFileSync(
  document,
  `openapi: 3.1.0
info: { title: t, version: v1 }
security: []
paths:
  /live: { get: { operationId: live, tags: [now], responses: { "101": { description: ok } } } }
  /told:
    get:
      operationId: told
      tags: [now]
      responses: { "101": { description: ok } }
      x-portcullis-messages: { request: { type: object }, response: { type: object } }
  /plain: { get: { operationId: plain, responses: { "200": { description: ok } } } }
`,
);
const api = `apis: [{ openapi: ${document}, upstream: "http://127.0.0.1:4000" }]\n`;

test("the bounds of WebSockets have defaults, and entries change them key by key", async () => {
  const { of } = await planned(
    `${api}operations:
  - { match: "*", websocket: { most: 3, idle: 1m } }
  - { match: live, websocket: { most: 5, messages: 30/min } }
`,
  );
  const usual = { maxMessageSize: 1_048_576, messages: { count: 100, windowMs: 1000 } };
  const told = { most: 3, mostMessageBytes: usual.maxMessageSize, messages: usual.messages };
  assert.deepEqual(of("told").controls.websocket, { ...told, idleMs: 60_000, lifeMs: 86_400_000 });
  const live = of("live").controls.websocket;
  assert.deepEqual(
    [live?.most, live?.messages, live?.idleMs],
    [5, { count: 30, windowMs: 60_000 }, 60_000],
  );
  assert.equal(of("plain").controls.websocket, undefined);
});

test("bounds that can bound nothing are faults", async () => {
  for (const [entry, fault] of [
    ["{ match: plain, websocket: { most: 3 } }", /'GET \/plain' has no WebSockets/],
    ["{ match: live, websocket: { idle: 10ms } }", /'idle' is less than a second/],
    ["{ match: live, websocket: { life: 0s } }", /'life' is less than a second/],
    ["{ match: live, websocket: { most: 0 } }", /'most' is 0/],
    ["{ match: live, websocket: { maxMesageSize: 1kB } }", /Did you mean 'maxMessageSize'/],
    ["{ match: live, websocket: { messages: often } }", /'messages' is "often"/],
  ] as const)
    assert.match((await planned(`${api}operations: [${entry}]\n`)).faults.join("\n"), fault);
});

test("operations whose messages no schema describes are named", async () => {
  const { plan } = await planned(api);
  assert.ok(plan !== undefined);
  assert.deepEqual(
    findingsOf(plan).filter(({ kind }) => kind.includes("WebSocket")),
    [
      {
        kind: "[carry|carries] WebSocket messages that no schema describes",
        what: "live",
        control: "websocket",
        operation: "live",
      },
    ],
  );
});
