import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test, type TestContext } from "node:test";
import { planned } from "../policy/planned.ts";
import { type LimitGate, startLimitGate, until } from "./limit-gate.ts";

const json = { "content-type": "application/json" };
const succeeding: RequestListener = (_asked, response) => response.writeHead(200, json).end("{}");

async function started(
  context: TestContext,
  limits: string,
  respond: RequestListener = succeeding,
  more = "",
): Promise<LimitGate> {
  const gate = await startLimitGate(
    `operations:\n  - { match: [pay, quick], limits: [${limits}]${more} }\n`,
    respond,
  );
  context.after(() => gate.close());
  return gate;
}

const daily = "{ sum: body.amount, most: 2000/day, per: address }";
/** `passed`, or the code of the refusal. */
const sending = async (gate: LimitGate, body: unknown): Promise<string> =>
  (await gate.ask("/pay", { body })).code ?? "passed";

/** A policy whose limits are sums names an operation with a body alone. */
const ofPay = (limits: string): string => `operations: [{ match: pay, limits: [${limits}] }]\n`;

async function summing(
  context: TestContext,
  limits = daily,
  respond: RequestListener = succeeding,
): Promise<LimitGate> {
  const gate = await startLimitGate(ofPay(limits), respond);
  context.after(() => gate.close());
  return gate;
}

test("amounts add up to what the policy says, to the last cent, and no further", async (context) => {
  const gate = await summing(context);
  assert.equal(await sending(gate, { amount: 1999.7 }), "passed");
  for (const amount of [0.1, "0.1", 0.1]) assert.equal(await sending(gate, { amount }), "passed");
  assert.equal(await sending(gate, { amount: 0.01 }), "quota-used-up");
  assert.equal(await sending(gate, { amount: 0 }), "passed");
  const { headers } = await gate.ask("/pay", { body: { amount: 1 } });
  assert.ok(Number(headers["retry-after"]) >= 1);
  assert.equal(headers["ratelimit"], undefined);
});

test("an amount that never fits says so, and takes nothing", async (context) => {
  const gate = await summing(context);
  for (const amount of [2000.01, 5e9, "999999999999999"]) {
    const { code, headers } = await gate.ask("/pay", { body: { amount } });
    assert.deepEqual([code, headers["retry-after"]], ["quota-used-up", undefined]);
  }
  assert.equal(await sending(gate, { amount: 2000 }), "passed");
});

test("what is no amount, or could be another, is refused and reaches nobody", async (context) => {
  const gate = await summing(context);
  for (const body of [
    {},
    { amount: -5 },
    { amount: null },
    { amount: [5] },
    { amount: "5e2" },
    { amount: "NaN" },
    { amount: 0.123_456_7 },
    { amount: 5, Amount: 5000 },
    { amount: 5, "amount[]": 5000 },
    { Amount: 5 },
    [],
    "5",
  ])
    assert.match(
      await sending(gate, body),
      /^(?:amount-unreadable|request-invalid)$/,
      JSON.stringify(body),
    );
  assert.equal(gate.reached(), 0);
  assert.equal(await sending(gate, { amount: 2000 }), "passed");
});

test("what fails has come to nothing, and what nobody can tell may have come to all of it", async (context) => {
  let status = 422;
  const gate = await summing(context, daily, (_asked, response) =>
    response.writeHead(status, json).end("{}"),
  );
  for (let count = 0; count < 3; count += 1) await sending(gate, { amount: 2000 });
  assert.equal(gate.reached(), 3);
  status = 500;
  await sending(gate, { amount: 1500 });
  status = 200;
  assert.equal(await sending(gate, { amount: 501 }), "quota-used-up");
  assert.equal(await sending(gate, { amount: 500 }), "passed");
});

test("amounts in parallel come to no more together", async (context) => {
  const gate = await summing(context, `${daily}, { rate: 15/hour, per: address }`);
  const codes = await Promise.all(Array.from({ length: 30 }, () => sending(gate, { amount: 300 })));
  assert.equal(codes.filter((code) => code === "passed").length, 6);
  // What the sum has refused took nothing of the rate.
  assert.equal(codes.filter((code) => code === "limit-exceeded").length, 0);
});

test("where it is observed everything passes, and the record says what would not", async (context) => {
  const gate = await startLimitGate(
    `operations: [{ match: pay, mode: { limit: observe }, limits: [${daily}] }]\n`,
    succeeding,
  );
  context.after(() => gate.close());
  for (const body of [{ amount: 2000 }, { amount: 1 }, {}])
    assert.equal(await sending(gate, body), "passed");
  await until(() => gate.records.length === 3);
  assert.deepEqual(
    gate.records.flatMap(({ decisions }) => decisions.map(({ code }) => code)),
    ["quota-used-up", "amount-unreadable"],
  );
});

const megabyte = 1_000_000;
const ofSize: RequestListener = (asked, response) => {
  asked.resume().on("end", () => {
    const bytes = Number(asked.headers["x-bytes"] ?? 0);
    response.writeHead(200, { "content-type": "text/plain" }).end(Buffer.alloc(bytes));
  });
};
const bytes = "{ bytes: 3MB/hour, per: address }";
const ofBytes = (count: number) => ({ headers: { "x-bytes": String(count) } });

test("bytes of bodies and answers count together, as many as have passed", async (context) => {
  const gate = await started(context, bytes, ofSize);
  assert.equal((await gate.ask("/quick", ofBytes(megabyte))).status, 200);
  assert.equal((await gate.ask("/pay", { body: { text: "x".repeat(900_000) } })).status, 200);
  // A body that does not fit any more is refused, a smaller one is not.
  const large = { body: { text: "x".repeat(980_000) }, ...ofBytes(0) };
  assert.equal((await gate.ask("/pay", large)).status, 200);
  const { code, headers } = await gate.ask("/pay", large);
  assert.equal(code, "limit-exceeded");
  assert.match(String(headers["ratelimit-policy"]), /q=3000000;w=3600;qu="content-bytes"/);
  assert.equal((await gate.ask("/quick", ofBytes(megabyte))).status, 200);
  assert.equal((await gate.ask("/quick")).code, "limit-exceeded");
});

test("an answer counts while it passes: another request sees it before it has ended", async (context) => {
  let go: (() => void) | undefined;
  const gate = await started(context, bytes, (asked, response) => {
    if (asked.headers["x-bytes"] !== "unending") {
      response.end();
      return;
    }
    response.writeHead(200, { "content-type": "text/plain" });
    response.write(Buffer.alloc(4 * megabyte));
    go = () => response.end();
  });
  const asking = gate.ask("/quick", { headers: { "x-bytes": "unending" } });
  await until(async () => (await gate.ask("/quick")).code === "limit-exceeded");
  go?.();
  assert.equal((await asking).status, 200);
});

test("a body that was refused before it was read has not passed", async (context) => {
  const other = await startLimitGate(ofPay(`${bytes}, { rate: 1/hour, per: everyone }`), ofSize);
  context.after(() => other.close());
  const body = { text: "x".repeat(900_000) };
  assert.equal((await other.ask("/pay", { body })).status, 200);
  for (let count = 0; count < 5; count += 1) {
    const { headers } = await other.ask("/pay", { body });
    assert.match(String(headers["ratelimit-policy"]), /q=1;w=3600/, "not the bytes");
  }
});

const ofLogin = (limits: string): string => ofPay(limits).replace("match: pay", "match: login");

test("what an answer had too much is waited for: nobody has more in the long run", async (context) => {
  const gate = await started(context, "{ bytes: 1MB/hour, per: address }", ofSize);
  assert.equal((await gate.ask("/quick", ofBytes(4 * megabyte))).status, 200);
  const { code, headers } = await gate.ask("/quick");
  assert.equal(code, "limit-exceeded");
  const wait = Number(headers["retry-after"]);
  // Three times as much as an hour allows is missing.
  assert.ok(wait > 3 * 3500 && wait <= 3 * 3600 + 1, `${wait}`);
});

/** What is not understood, and what is said of it. */
const refused: readonly (readonly [string, RegExp])[] = [
  ["{ sum: body.amount, per: address }", /nothing says how much it may come to/],
  ["{ rate: 5/min, most: 5/day, per: address }", /only a sum has a most/],
  ["{ rate: 5/min, bytes: 5MB/hour, per: address }", /exactly one of rate, quota, concurrent/],
  ["{ sum: body.amount, most: 5/hour, per: address, cost: 2 }", /is told by the request/],
  ["{ bytes: 5MB/hour, per: address, count: failures }", /bytes have passed whatever/],
  ["{ bytes: 5MB/hour, per: address, zone: Europe/Berlin }", /days or months has a time zone/],
  ["{ bytes: 5MB/hour, per: address, burst: 5 }", /only a rate has a burst/],
  ["{ sum: amount, most: 5/day, per: address }", /'sum' is "amount"/],
];

test("what amounts cannot mean is refused, and what is kept needs a store", async () => {
  for (const [limits, said] of refused) {
    const { faults, plan } = await planned(`store: ./a.db\n${ofLogin(limits)}`);
    assert.equal(plan, undefined, limits);
    assert.match(faults.join("\n"), said);
  }
  for (const [limit, isKept] of [
    ["{ bytes: 5MB/hour, per: address }", false],
    ["{ bytes: 5MB/day, per: address, zone: Europe/Berlin }", true],
    ["{ sum: body.amount, most: 5/hour, per: address }", false],
    ["{ sum: body.amount, most: 5/month, per: address }", true],
  ] as const) {
    const { faults } = await planned(ofLogin(limit));
    assert.equal(/kept in the store, and none is named/.test(faults.join()), isKept, limit);
    const { plan } = await planned(`store: ./a.db\n${ofLogin(limit)}`);
    assert.ok(plan !== undefined, limit);
  }
  const { faults } = await planned(
    "store: ./a.db\noperations: [{ match: getAccount, limits: [{ sum: body.amount, most: 5/day, per: user }] }]\n",
  );
  assert.match(faults.join(), /has no body to count by/);
});
