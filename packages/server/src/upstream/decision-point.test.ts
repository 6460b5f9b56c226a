import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { createDecisionPoint } from "./decision-point.ts";

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

type Plan = Parameters<typeof createDecisionPoint>[0];
type Question = Parameters<ReturnType<typeof createDecisionPoint>>[0];

const question: Question = {
  subject: "ann",
  action: "read",
  resource: "note",
  id: "n-1",
  with: undefined,
};

interface Answered {
  readonly ask: ReturnType<typeof createDecisionPoint>;
  /** What it was asked so far. */
  readonly asked: Record<string, unknown>[];
}

/** A decision point that answers so, and what was asked of it. */
async function pointThat(
  answer: (asked: Record<string, unknown>) => readonly [status: number, body: string],
  plan: Partial<Plan> = {},
): Promise<Answered> {
  const asked: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const sent = JSON.parse(text) as Record<string, unknown>;
      asked.push(sent);
      const [status, body] = answer(sent);
      response.writeHead(status, { Location: "/elsewhere" }).end(body);
    });
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const whole = { url, form: "authzen", timeoutMs: 30_000, rememberMs: 60_000, onFailure: "deny" };
  return { ask: createDecisionPoint({ ...whole, ...plan } as Plan, undefined), asked };
}

test("only a decision is one: whatever else is answered has allowed nothing, and is not remembered", async () => {
  for (const [status, body] of [
    [200, "{}"],
    [200, '{"decision":"true"}'],
    [200, '{"decision":1}'],
    [200, '{"allowed":true}'],
    [200, "true"],
    [200, "not JSON"],
    [200, ""],
    [302, '{"decision":true}'],
    [500, "oops"],
  ] as const) {
    const { ask, asked } = await pointThat(() => [status, body]);
    for (let time = 0; time < 2; time += 1)
      assert.equal(typeof (await ask(question)), "string", `${status} ${body}`);
    assert.equal(asked.length, 2, `${status} ${body}`);
  }
});

test("yes and no are remembered for the question that was asked, and for no other", async () => {
  const { ask, asked } = await pointThat(({ subject }) => [
    200,
    JSON.stringify({ decision: (subject as { id: string }).id === "ann" }),
  ]);
  const others: readonly Partial<Question>[] = [
    { subject: "ben" },
    { action: "delete" },
    { resource: "account" },
    { id: "n-2" },
    { with: { tenant: "blue" } },
    { with: { tenant: "red" } },
  ];
  for (let time = 0; time < 2; time += 1) {
    assert.equal(await ask(question), true);
    for (const over of others)
      assert.equal(
        await ask({ ...question, ...over }),
        over.subject === undefined,
        JSON.stringify(over),
      );
    assert.equal(asked.length, others.length + 1);
  }
});

test("by its status alone a decision point allows with 2xx, and denies with 403 and 404", async () => {
  for (const [status, told] of [
    [200, true],
    [204, true],
    [403, false],
    [404, false],
  ] as const)
    assert.equal(await (await pointThat(() => [status, ""], { form: "http" })).ask(question), told);
  for (const status of [400, 401, 500])
    assert.equal(
      typeof (await (await pointThat(() => [status, ""], { form: "http" })).ask(question)),
      "string",
      String(status),
    );
});
