import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { startLimitGate, until } from "./limit-gate.ts";

const json = { "content-type": "application/json" };
const guesses = (more = ""): string => `operations:
  - match: login
    limits: [{ rate: 5/hour, per: address, count: failures }]
${more}`;
const guess = { body: { username: "ann" } };

test("40 parallel guesses at a limit of 5 failures reach the backend 5 times", async () => {
  const waiting: ServerResponse[] = [];
  const gate = await startLimitGate(guesses(), (_, response) => void waiting.push(response));
  try {
    const asked = Array.from({ length: 40 }, () => gate.ask("/login", guess));
    const refused = Promise.all(asked).then((all) => all.filter(({ status }) => status === 429));
    await until(() => waiting.length === 5);
    // Every other one is refused while these five are in flight.
    await until(() => gate.records.length === 35);
    for (const response of waiting) response.writeHead(401, json).end("{}");
    assert.equal((await refused).length, 35);
    assert.equal(gate.reached(), 5);
    assert.equal((await gate.ask("/login", guess)).code, "limit-exceeded");
  } finally {
    await gate.close();
  }
});

/** What the backend answers to a guess, and whether the place that it had is kept. */
const answers: readonly {
  readonly what: string;
  readonly failure?: string;
  readonly answer: (response: ServerResponse) => void;
  readonly kept: boolean;
}[] = [
  { what: "200", answer: (one) => one.writeHead(200, json).end("{}"), kept: false },
  { what: "204", answer: (one) => one.writeHead(204).end(), kept: false },
  { what: "304", answer: (one) => one.writeHead(304).end(), kept: false },
  { what: "400", answer: (one) => one.writeHead(400, json).end("{}"), kept: false },
  { what: "401", answer: (one) => one.writeHead(401, json).end("{}"), kept: true },
  { what: "403", answer: (one) => one.writeHead(403, json).end("{}"), kept: true },
  { what: "500", answer: (one) => one.writeHead(500, json).end("{}"), kept: true },
  { what: "503", answer: (one) => one.writeHead(503, json).end("{}"), kept: true },
  { what: "a connection that breaks", answer: (one) => one.destroy(), kept: true },
  { what: "no answer in time", answer: () => undefined, kept: true },
  {
    what: "a status that the policy names",
    failure: "{ status: [422] }",
    answer: (one) => one.writeHead(422, json).end("{}"),
    kept: true,
  },
  {
    what: "401 where the policy names another",
    failure: "{ status: [422] }",
    answer: (one) => one.writeHead(401, json).end("{}"),
    kept: false,
  },
  ...[
    { what: "a body that says it failed", body: '{"ok":false}', kept: true },
    { what: "a body that says it did not", body: '{"ok":true}', kept: false },
    { what: "a body that says neither", body: "{}", kept: true },
    { what: "a body that cannot be read", body: "{", kept: true },
  ].map(({ body, kept, what }) => ({
    what,
    failure: "{ response: /ok, equals: false }",
    answer: (one: ServerResponse) => void one.writeHead(200, json).end(body),
    kept,
  })),
];

for (const { answer, failure, kept, what } of answers)
  test(`${what}: the place of a guess is ${kept ? "kept" : "given back"}`, async () => {
    const more = failure === undefined ? "" : `    failure: ${failure}\n`;
    const gate = await startLimitGate(guesses(more), (_, response) => answer(response));
    try {
      await gate.ask("/login", guess);
      const { headers } = await gate.ask("/login", guess);
      assert.match(String(headers["ratelimit"]), kept ? /r=3;/ : /r=4;/);
    } finally {
      await gate.close();
    }
  });

test("a client that hangs up does not get its guess back", async () => {
  const waiting: ServerResponse[] = [];
  const gate = await startLimitGate(guesses(), (_, response) => void waiting.push(response));
  try {
    for (let count = 1; count <= 5; count += 1) {
      const hangUp = new AbortController();
      const asked = gate.ask("/login", { ...guess, signal: hangUp.signal });
      await until(() => waiting.length === count);
      hangUp.abort();
      await assert.rejects(asked);
    }
    await until(() => gate.records.length === 5);
    assert.equal((await gate.ask("/login", guess)).code, "limit-exceeded");
    assert.equal(gate.reached(), 5);
  } finally {
    await gate.close();
  }
});

test("what was refused before the backend was asked was no guess", async () => {
  const gate = await startLimitGate(guesses(), (_, response) => response.writeHead(401).end());
  try {
    for (let count = 0; count < 10; count += 1)
      assert.equal((await gate.ask("/login", { body: { username: 5 } })).status, 400);
    for (let count = 0; count < 5; count += 1)
      assert.equal((await gate.ask("/login", guess)).status, 401);
    assert.equal((await gate.ask("/login", guess)).status, 429);
  } finally {
    await gate.close();
  }
});

test("guesses that the name refuses use up nothing of the address", async () => {
  const gate = await startLimitGate(
    `operations:
  - match: login
    limits:
      - { rate: 3/hour, per: [address, body.username] }
      - { rate: 40/hour, per: address }
`,
    (_, response) => response.writeHead(200, json).end("{}"),
  );
  try {
    for (let count = 0; count < 20; count += 1) await gate.ask("/login", guess);
    assert.equal(gate.reached(), 3);
    const left: number[] = [];
    for (let count = 0; count < 40; count += 1)
      if ((await gate.ask("/login", { body: { username: `other ${count}` } })).status === 200)
        left.push(count);
    assert.equal(left.length, 37);
  } finally {
    await gate.close();
  }
});

test("a limit that counts successes gives back what was none", async () => {
  const gate = await startLimitGate(
    `operations: [{ match: login, limits: [{ rate: 2/hour, per: address, count: successes }] }]\n`,
    (asked, response) =>
      response.writeHead(asked.headers["x-good"] === "yes" ? 200 : 409, json).end("{}"),
  );
  const good = { ...guess, headers: { "x-good": "yes" } };
  try {
    for (let count = 0; count < 5; count += 1)
      assert.equal((await gate.ask("/login", guess)).status, 409);
    for (const status of [200, 200, 429])
      assert.equal((await gate.ask("/login", good)).status, status);
  } finally {
    await gate.close();
  }
});
