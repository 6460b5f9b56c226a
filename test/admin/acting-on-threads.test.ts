import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { main, startGate } from "../../examples/harbour/gate.ts";
import { signed } from "../callers/bank-of-sources.ts";
import { send } from "../vulnerable/client.ts";

const ok = 'responses: { "200": { description: ok } }';
const parameter = (name: string): string =>
  `parameters: [{ name: ${name}, in: path, required: true, schema: { type: string } }]`;

test("on every thread staff act for a customer for a reason, until a command ends it, and records and audit name both", async (context) => {
  const told: unknown[] = [];
  const backend = createServer((request, response) => {
    const identity = String(request.headers["portcullis-identity"]).split(".")[1] ?? "";
    told.push(JSON.parse(Buffer.from(identity, "base64url").toString()));
    const id = request.url?.split("/").at(-1);
    const body = { id, ownerId: id?.split("-")[0], roles: ["customer"] };
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  context.after(() => backend.close());
  const folder = mkdtempSync(join(tmpdir(), "portcullis-impersonations-"));
  writeFileSync(
    join(folder, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: Bank, version: v1 }
security: [{ token: [] }]
paths:
  /customers/{customerId}: { ${parameter("customerId")}, get: { operationId: getCustomer, ${ok} } }
  /accounts/{accountId}: { ${parameter("accountId")}, get: { operationId: getAccount, ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`,
  );
  const secret = "a-secret-of-thirty-two-bytes-long";
  const policy = join(folder, "portcullis.yaml");
  writeFileSync(
    policy,
    `portcullis: 1
mode: enforce
store: ./kept.db
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${(backend.address() as AddressInfo).port}" }]
identity: { sources: { people: { jwt: { algorithm: HS256, secret: { env: BANK_SECRET } } } } }
impersonation: { who: { roles: [support] }, header: Acting-For, reason: Acting-Reason, subject: { operation: getCustomer, sub: /id, roles: /roles } }
limits: { admission: off }
operations: [{ match: getAccount, owner: { response: /ownerId, is: people.sub } }]
`,
  );
  const environment = { ...process.env, BANK_SECRET: secret };
  const state = join(folder, "state");
  const started = await startGate(
    ["--config", policy, ..."--port 0 --admin-port 0 --threads 3".split(" ")],
    state,
    environment,
  );
  context.after(() => started.process.kill("SIGKILL"));
  const base = { url: `https://localhost:${started.port}`, ca: started.ca };
  const exp = Math.floor(Date.now() / 1000) + 600;
  const token = signed({ sub: "sam", roles: ["support"], exp }, secret);
  const sam = {
    headers: {
      Authorization: `Bearer ${token}`,
      "Acting-For": "ann",
      "Acting-Reason": "INC-1",
    },
  };
  /** Many connections, so that every thread is asked. */
  const all = async (): Promise<ReadonlySet<number>> => {
    const ask = async (): Promise<number> =>
      (await send(base, { as: "ben", at: "GET /accounts/ann-1" }, { ann: sam, ben: sam })).status;
    return new Set(await Promise.all(Array.from({ length: 24 }, ask)));
  };
  const command = (...words: readonly string[]): string => {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [
        "--conditions=@portcullis/source",
        "--disable-warning=ExperimentalWarning",
        main,
        ...words,
        "--config",
        policy,
        "--directory",
        state,
        "--json",
      ],
      { encoding: "utf8", env: environment },
    );
    assert.equal(status, 0, stderr);
    return stdout;
  };
  assert.deepEqual([...(await all())], [200]);
  const acted = told.filter((each) => (each as { sub?: string }).sub === "ann");
  assert.equal(acted.length, 24);
  assert.deepEqual((acted[0] as { act?: unknown }).act, { sub: "sam", source: "people" });
  const sessions = JSON.parse(command("impersonations")) as readonly Record<string, string>[];
  assert.equal(sessions.length, 1, "of three threads that asked at once, one has begun it");
  const [{ actor, id = "", reason, subject } = {}] = sessions;
  assert.deepEqual([actor, subject, reason], ["sam", "ann", "INC-1"]);
  command("impersonations", "end", id);
  const until = Date.now() + 20_000;
  for (let seen = await all(); seen.size !== 1 || !seen.has(403); seen = await all()) {
    assert.ok(Date.now() < until, [...seen].join());
    await sleep(50);
  }
  const audited = JSON.parse(command("audit", "--most", "20")) as unknown;
  const text = JSON.stringify(audited);
  for (const part of [
    "impersonation-begun",
    "impersonation-ended",
    "caller:sam",
    `impersonation:${id}`,
  ])
    assert.ok(text.includes(part), part);
});
