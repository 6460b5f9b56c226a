import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test, type TestContext } from "node:test";
import { type FlowGate, type Sent, startFlowGate } from "./flow-gate.ts";

const entry = (rest = "", more = ""): string =>
  `operations:
  - { match: confirmOrder, flow: { after: [addToCart, startCheckout], within: 30m, least: 2s${rest} } }
${more}`;

async function started(
  context: TestContext,
  ...options: Parameters<typeof startFlowGate>
): Promise<FlowGate> {
  const gate = await startFlowGate(...options);
  context.after(() => gate.close());
  return gate;
}

const [cart, checkout, confirm] = ["POST /cart", "POST /checkout", "POST /orders"];

/** Does all of it, at a person's pace; what each was answered. */
async function doing(gate: FlowGate, lines: readonly string[], sent?: Sent): Promise<string[]> {
  const told: string[] = [];
  for (const line of lines) {
    const { code, status } = await gate.ask(line, sent);
    told.push(code ?? String(status));
    gate.pass(3000);
  }
  return told;
}

test("an operation follows its steps, each of them, in their order and no other", async (context) => {
  const gate = await started(context, entry());
  const missing = "step-missing";
  assert.deepEqual(await doing(gate, [confirm]), [missing]);
  assert.deepEqual(await doing(gate, [checkout, cart, confirm]), ["200", "200", missing]);
  assert.deepEqual(await doing(gate, [checkout, confirm]), ["200", "200"]);
  assert.deepEqual(
    gate.records.at(0)?.decisions.map(({ detail }) => detail),
    ["addToCart is missing of addToCart, startCheckout: in this order, in time, and not used up"],
  );
  assert.equal(gate.reached.filter((line) => line === confirm).length, 1);
});

test("its success uses the steps up, and parallel requests are one use", async (context) => {
  const gate = await started(context, entry());
  await doing(gate, [cart, checkout]);
  const codes = await Promise.all(
    Array.from({ length: 10 }, async () => (await gate.ask(confirm)).status),
  );
  assert.equal(codes.filter((code) => code === 200).length, 1);
  assert.equal(codes.filter((code) => code === 409).length, 9);
  assert.deepEqual(await doing(gate, [confirm]), ["step-missing"]);
  assert.deepEqual(await doing(gate, [cart, checkout, confirm]), ["200", "200", "200"]);
});

test("with repeat one way through the steps leads to it again and again", async (context) => {
  const gate = await started(context, entry(", repeat: true"));
  assert.deepEqual(await doing(gate, [cart, checkout, confirm, confirm]), Array(4).fill("200"));
});

test("steps of another session, device or person are not the caller's", async (context) => {
  const gate = await started(context, entry());
  await doing(gate, [cart, checkout]);
  for (const who of [{ sid: "s-2" }, { device: "d-2" }, { sub: "c-2" }, { sid: undefined }])
    assert.deepEqual(
      await doing(gate, [confirm], { of: who }),
      ["step-missing"],
      JSON.stringify(who),
    );
  assert.deepEqual(await doing(gate, [confirm]), ["200"]);
  const bare = { of: { sid: undefined, device: undefined } };
  assert.deepEqual(await doing(gate, [cart, checkout, confirm], bare), ["200", "200", "200"]);
});

test("a step counts only where its answer is a success", async (context) => {
  let status = 200;
  let body = '{"ok":true}';
  const gate = await started(
    context,
    entry("", "  - { match: startCheckout, failure: { response: /ok, equals: false } }\n"),
    (_asked, response) =>
      response.writeHead(status, { "content-type": "application/json" }).end(body),
  );
  await doing(gate, [cart]);
  for (const [other, text] of [
    [403, "{}"],
    [404, "{}"],
    [500, "{}"],
    [303, ""],
    [200, '{"ok":false}'],
    [200, "no JSON"],
  ] as const) {
    [status, body] = [other, text];
    await doing(gate, [checkout]);
    [status, body] = [200, '{"ok":true}'];
    assert.deepEqual(await doing(gate, [confirm]), ["step-missing"], `${other} ${text}`);
  }
  assert.deepEqual(await doing(gate, [checkout, confirm]), ["200", "200"]);
});

test("the head of a step is no step", async (context) => {
  const gate = await started(
    context,
    "operations: [{ match: confirmOrder, flow: { after: [getCart] } }]\n",
  );
  assert.deepEqual(await doing(gate, ["HEAD /cart", confirm]), ["200", "step-missing"]);
  assert.deepEqual(await doing(gate, ["GET /cart", confirm]), ["200", "200"]);
});

test("what comes sooner than a person waits, and what comes too late begins anew", async (context) => {
  const gate = await started(context, entry());
  await doing(gate, [cart, checkout]);
  gate.pass(30 * 60_000);
  assert.deepEqual(await doing(gate, [confirm]), ["step-missing"]);
  await gate.ask(cart);
  gate.pass(1900);
  await gate.ask(checkout);
  gate.pass(2000);
  // The checkout came too soon: it is as if it had not been.
  assert.equal((await gate.ask(confirm)).code, "step-missing");
  await gate.ask(checkout);
  gate.pass(500);
  const { code, retryAfter } = await gate.ask(confirm);
  assert.deepEqual([code, retryAfter], ["step-missing", "2"]);
  gate.pass(1500);
  assert.equal((await gate.ask(confirm)).status, 200);
});

test("what was not done leaves the steps, and what may have been done uses them up", async (context) => {
  let answer: (response: ServerResponse) => unknown = (response) => response.end("{}");
  const gate = await started(context, entry(), (asked, response) =>
    asked.url === "/orders" ? answer(response) : response.end("{}"),
  );
  const answering = async (respond: (response: ServerResponse) => unknown): Promise<string> => {
    answer = respond;
    return (await doing(gate, [confirm])).join();
  };
  const status = (code: number) => (response: ServerResponse) => response.writeHead(code).end();
  const isThere = async (): Promise<boolean> => {
    const is = (await answering((response) => response.end("{}"))) === "200";
    await doing(gate, [cart, checkout]);
    return is;
  };
  await doing(gate, [cart, checkout]);
  for (const code of [401, 402, 409, 422, 503]) {
    assert.equal(await answering(status(code)), String(code));
    assert.ok(await isThere(), `${code}`);
  }
  for (const respond of [
    status(500),
    (response: ServerResponse) => response.destroy(),
    // No answer in time.
    () => undefined,
  ]) {
    await answering(respond);
    assert.ok(!(await isThere()));
  }
  // Whoever hangs up has not taken the order back.
  const hangUp = new AbortController();
  const asked = new Promise((reached) => (answer = reached));
  const asking = gate.ask(confirm, { signal: hangUp.signal }).catch(() => undefined);
  const response = (await asked) as ServerResponse;
  const closed = once(response, "close");
  hangUp.abort();
  await Promise.all([asking, closed]);
  assert.ok(!(await isThere()));
});

test("a request that the gate refuses for another reason uses nothing up", async (context) => {
  const gate = await started(
    context,
    entry("", "  - { match: confirmOrder, mode: { request: enforce } }\n"),
  );
  await doing(gate, [cart, checkout]);
  assert.equal((await gate.ask(confirm, { body: "undeclared" })).code, "request-invalid");
  assert.deepEqual(await doing(gate, [confirm]), ["200"]);
});

test("an answer that never ends has been a success when it began", async (context) => {
  let open: ServerResponse | undefined;
  const gate = await started(context, entry(), (asked, response) => {
    if (asked.url !== "/checkout") response.end("{}");
    else (open = response).writeHead(200).write("{");
  });
  await doing(gate, [cart]);
  const asking = gate.ask(checkout).catch(() => undefined);
  while (gate.reached.at(-1) !== checkout) await new Promise((next) => setImmediate(next));
  let code: string | undefined = "step-missing";
  for (let tries = 0; code === "step-missing" && tries < 500; tries += 1) {
    gate.pass(3000);
    ({ code } = await gate.ask(confirm));
  }
  assert.equal(code, undefined);
  open?.destroy();
  await asking;
});

test("where it is observed nobody is refused; and steps taken before it is enforced count", async () => {
  for (const mode of ["observe", "off"] as const) {
    const gate = await startFlowGate(entry("", `  - { match: "*", mode: { flow: ${mode} } }\n`));
    assert.deepEqual(await doing(gate, [confirm, cart, checkout]), ["200", "200", "200"]);
    const codes = gate.records.flatMap(({ decisions }) => decisions.map(({ code }) => code));
    assert.deepEqual(codes, mode === "observe" ? ["step-missing"] : []);
    gate.switchTo([
      {
        operation: "confirmOrder",
        control: "flow",
        mode: "enforce",
        app: undefined,
        percent: undefined,
      },
    ]);
    assert.deepEqual(await doing(gate, [confirm, confirm]), ["200", "step-missing"], mode);
    await gate.close();
  }
});

test("a reload that changes the pace keeps the steps, and one that changes the steps does not", async (context) => {
  const gate = await started(context, entry());
  await doing(gate, [cart, checkout]);
  await gate.again(entry().replace("least: 2s", "least: 1s"));
  assert.deepEqual(await doing(gate, [confirm, cart, checkout]), ["200", "200", "200"]);
  await gate.again(entry().replace("addToCart, startCheckout", "getCart"));
  assert.deepEqual(await doing(gate, [confirm]), ["step-missing"]);
});

test("steps may have steps of their own, and one step may lead to several operations", async (context) => {
  const gate = await started(
    context,
    `operations:
  - { match: startCheckout, flow: { after: [addToCart], repeat: true } }
  - { match: [confirmOrder, getCart], flow: { after: [startCheckout] } }
`,
  );
  assert.deepEqual(await doing(gate, [checkout, cart, checkout]), ["step-missing", "200", "200"]);
  // They are of one entry: what the one has used up, the other does not find.
  assert.deepEqual(await doing(gate, ["GET /cart", confirm]), ["200", "step-missing"]);
});
