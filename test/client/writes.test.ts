import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { problemCatalogue } from "@portcullis/guard/problems";
import { Unknown } from "../../packages/client/src/portcullis-client.ts";
import { problemCodes } from "../../packages/client/src/problems.ts";
import { mayBeForwarded, provesNotForwarded } from "../../packages/client/src/written-once.ts";
import type { IdentityGate } from "../identity/identity-gate.ts";
import { email, phoneAt, startClientGate } from "./phone.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startClientGate();
});
after(() => gate.close());

test("after a lost answer or a refusal, a write is sent again only where the gate has kept it back", async () => {
  const problem = (status: number, code: string): Response =>
    new Response(JSON.stringify({ code, title: "x", traceId: "t" }), {
      status,
      headers: { "Content-Type": "application/problem+json" },
    });
  const cases: readonly (readonly [name: string, answer: () => Response | Error, sent: 1 | 2])[] = [
    ...Object.entries(provesNotForwarded)
      .filter(([code]) => !(problemCodes.needsStepUp as readonly string[]).includes(code))
      .map(([code, { status }]) => [code, () => problem(status, code), 2] as const),
    ...Object.entries(mayBeForwarded).map(
      ([code, { status }]) => [code, () => problem(status, code), 1] as const,
    ),
    ["a code of another status", () => problem(503, "limit-exceeded"), 1],
    ["a code of the backend's", () => problem(429, "slow-down"), 1],
    ["a lost connection", () => new TypeError("Network request failed"), 1],
    ["a reset", () => Object.assign(new Error("reset"), { code: "ECONNRESET" }), 1],
    [
      "a name that was not found",
      () => new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } }),
      2,
    ],
    [
      "nobody who listens",
      () => new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }),
      2,
    ],
    ["a busy balancer", () => new Response("later", { status: 503 }), 1],
    ["a balancer that heard nothing", () => new Response("?", { status: 504 }), 1],
  ];
  const made = phoneAt(gate);
  await made.client.signIn();
  for (const method of ["POST", "PUT", "PATCH", "DELETE"])
    for (const [name, answer, times] of cases) {
      let sent = 0;
      made.fail = (url) => {
        if (!url.endsWith("/notes")) return undefined;
        sent += 1;
        return sent === 1 ? answer() : new Response("{}", { status: 201 });
      };
      await made.client.send("/notes", { method, body: {}, idempotencyKey: "k" }).catch(() => 0);
      assert.equal(sent, times, `${method} after ${name}`);
    }
});

test("no Idempotency-Key is made up, and one that the app gives is sent as it is", async () => {
  const made = phoneAt(gate);
  await made.client.signIn();
  const keys: unknown[] = [];
  made.fail = (url, { headers }) => {
    if (url.endsWith("/notes")) keys.push((headers as Record<string, string>)["Idempotency-Key"]);
    return undefined;
  };
  const body = { booking: "keys" };
  await made.client.send("/notes", { method: "POST", body });
  await made.client.send("/notes", { method: "POST", body, idempotencyKey: "order 7" });
  assert.deepEqual(keys, [undefined, "order 7"]);
});

test("a write that the app gives up is Unknown once it may have been sent, and was not sent before", async () => {
  const made = phoneAt(gate);
  await made.client.signIn();
  const early = new AbortController();
  early.abort(new Error("left the screen"));
  await assert.rejects(
    made.client.send("/notes", { method: "POST", body: {}, signal: early.signal }),
    /left the screen/,
  );
  const late = new AbortController();
  const hanging = phoneAt(gate, email, {
    ...made.platform,
    fetch: () => {
      setImmediate(() => late.abort());
      return new Promise(() => undefined);
    },
  });
  await assert.rejects(
    hanging.client.send("/notes", { method: "POST", body: {}, signal: late.signal }),
    Unknown,
  );
  await assert.rejects(
    phoneAt(
      gate,
      email,
      { ...made.platform, fetch: () => new Promise(() => undefined) },
      { timeoutMs: 20 },
    ).client.send("/notes", { method: "PUT", body: {} }),
    (fault) => fault instanceof Unknown && (fault.cause as Error).name === "TimeoutError",
  );
});

test("every refusal of the gate that is no fault of the request is judged: kept back, or perhaps forwarded", () => {
  const judged = new Set([...Object.keys(provesNotForwarded), ...Object.keys(mayBeForwarded)]);
  for (const [code, { status }] of Object.entries({ ...provesNotForwarded, ...mayBeForwarded }))
    assert.equal(problemCatalogue.get(code)?.status, status, code);
  const open = [...problemCatalogue.values()].filter(
    ({ code, status }) => (status === 429 || status >= 500) && !judged.has(code),
  );
  // It tells of a method that no server knows, and was refused before anything else.
  assert.deepEqual(
    open.map(({ code }) => code),
    ["method-unsupported"],
  );
});
