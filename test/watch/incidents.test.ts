import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { Agent, request as requestByTls } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

const document = `openapi: 3.1.0
info: { title: Shop, version: v1 }
paths:
  /login:
    post:
      operationId: login
      security: []
      requestBody:
        content:
          application/json:
            schema: { type: object, properties: { username: { type: string }, password: { type: string } } }
      responses: { "200": { description: ok }, "401": { description: no } }
`;

/** Where everything of this test listens. */
async function serve(answer: Parameters<typeof createServer>[1]) {
  const server = createServer(answer as never).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

/** The status of the answer. */
const guess = ({ ca, port }: StartedGate, username: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = requestByTls(
      {
        method: "POST",
        host: "127.0.0.1",
        port,
        path: "/login",
        ca,
        servername: "localhost",
        agent,
        headers: { "Content-Type": "application/json" },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    asked.on("error", reject);
    asked.end(JSON.stringify({ username, password: "x" }));
  });

const agent = new Agent({ keepAlive: true });

test("a hundred failed sign-ins are one signed notice and one incident, which outlives the program", async () => {
  const notices: { signature: string; body: string }[] = [];
  const backend = await serve((_request, response) => {
    response.writeHead(401, { "Content-Type": "application/json" }).end("{}");
  });
  const hook = await serve((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      notices.push({ signature: String(request.headers["portcullis-signature"]), body });
      response.end();
    });
  });
  const folder = mkdtempSync(join(tmpdir(), "portcullis-incidents-"));
  writeFileSync(join(folder, "api.yaml"), document);
  writeFileSync(
    join(folder, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
listen: { port: 0, threads: 2, lameDuck: 0s }
admin: { port: 0 }
store: ./store.db
apis: [{ openapi: ./api.yaml, upstream: "http://127.0.0.1:${backend.port}" }]
operations: [{ match: login, role: sign-in }]
alerts:
  - { to: "http://127.0.0.1:${hook.port}/hook", minSeverity: low, allowPrivate: true, secret: { env: ALERT_SECRET } }
`,
  );
  const up = () =>
    startGate(["--config", join(folder, "portcullis.yaml")], folder, {
      ...process.env,
      ALERT_SECRET: "topsecret",
    });
  let gate = await up();
  const ask = async (path: string, body?: unknown, method = "POST") => {
    const token = readFileSync(gate.adminTokenFile, "utf8").trim();
    const answer = await fetch(`http://127.0.0.1:${gate.adminPort}${path}`, {
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { method, body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const until = async <T>(find: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const found = await find();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const metrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text();
  type Item = Readonly<Record<string, string>>;
  const first = async (): Promise<Item | undefined> =>
    ((await ask("/incidents?severity=low"))["items"] as readonly Item[])[0];
  try {
    for (let index = 0; index < 110; index += 1)
      assert.equal(await guess(gate, `victim${index}@shop.example`), 401);
    const listed = await until(first);
    assert.equal(listed["kind"], "credential-stuffing");
    assert.equal(listed["operation"], "login");
    await until(async () => notices[0]);
    const [notice] = notices;
    const [, time, mac] = /^t=(\d+),v1=(.+)$/.exec(notice?.signature ?? "") ?? [];
    assert.equal(
      mac,
      createHmac("sha256", "topsecret").update(`${time}.${notice?.body}`).digest("hex"),
    );
    assert.doesNotMatch(notice?.body ?? "", /victim|127\.0\.0\.1/);
    const shown = await ask(`/incidents/${listed["id"]}`);
    assert.ok(Math.abs(Number(time) * 1000 - Date.parse(String(listed["startedAt"]))) < 600_000);
    assert.match(await metrics(), /portcullis_detector_clock_set_total 0\n/);
    assert.equal((shown["records"] as readonly unknown[]).length, 10);
    assert.match(String(shown["falseIf"]), /detect: \{ credentialStuffing/);
    assert.equal((shown["touched"] as Record<string, number>)["addresses"], 1);
    const responses = `/incidents/${listed["id"]}/responses`;
    const done = await ask(responses, { do: "quarantine", reason: "it goes on" });
    assert.equal((done["key"] as Item)["kind"], "client");
    const isRefused = async (wanted: number): Promise<true | undefined> =>
      (await guess(gate, "victim")) === wanted ? true : undefined;
    await until(() => isRefused(429));
    const ended = once(gate.process, "exit");
    gate.process.kill("SIGTERM");
    await ended;
    gate = await up();
    const kept = await until(first);
    assert.equal(kept["id"], listed["id"]);
    assert.equal(await guess(gate, "victim"), 429, "what is done outlives the program too");
    const { items } = (await ask(responses)) as { readonly items: readonly Item[] };
    assert.deepEqual(
      items.map(({ id, state }) => [id, state]),
      [[done["id"], "holds"]],
    );
    await ask(`${responses}/${String(done["id"])}`, {}, "DELETE");
    await until(() => isRefused(401));
    const entries = (await ask("/audit?most=20")) as unknown as readonly Item[];
    assert.deepEqual(
      entries.flatMap(({ action = "" }) => (action.startsWith("response-") ? [action] : [])),
      ["response-undone", "response-done"],
    );
  } finally {
    agent.destroy();
    gate.process.kill("SIGKILL");
    for (const { server } of [backend, hook]) {
      server.close();
      server.closeAllConnections();
    }
  }
});
