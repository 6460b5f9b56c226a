import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ImpersonationWish } from "@portcullis/guard/state";
import { Impersonating } from "../../packages/server/src/admin/impersonations/impersonating.ts";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { main, startGate } from "../../examples/harbour/gate.ts";
import { signed } from "../callers/bank-of-sources.ts";
import { forEveryStore } from "../identity/every-store.ts";
import { send } from "../vulnerable/client.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
const startMs = 100 * dayMs;

/** Of two people whom no other test knows. */
const wishOf = (more: Partial<ImpersonationWish> = {}): ImpersonationWish => ({
  actor: `sam-${randomUUID()}`,
  subject: "ann",
  reason: "INC-1",
  roles: ["customer"],
  tier: "gold",
  account: undefined,
  never: ["support"],
  atMs: startMs,
  forMs: 15 * minuteMs,
  mostADay: 3,
  ...more,
});

const entriesOf = async ({ audit }: DatabaseStore, actor: string): Promise<readonly string[]> =>
  (await audit.newest(10_000))
    .filter(({ details }) => details["actor"] === actor)
    .map((entry) => `${entry.actor} ${entry.action} ${entry.details["reason"]}`)
    .toSorted();

forEveryStore((holds, store) => {
  holds("a session is begun once, ends by its time, and both are in the audit", async () => {
    const impersonating = new Impersonating(store(), "admin:eve");
    const wish = wishOf();
    const marks = [await store().impersonations.mark()];
    const [one, other] = await Promise.all([impersonating.begin(wish), impersonating.begin(wish)]);
    assert.ok(typeof one === "object" && typeof other === "object");
    assert.equal(one.id, other.id, "two threads that ask at once");
    assert.deepEqual([one.roles, one.tier], [["customer"], "gold"]);
    marks.push(await store().impersonations.mark());
    const later = await impersonating.begin({ ...wish, atMs: startMs + 14 * minuteMs });
    assert.equal(typeof later === "object" && later.untilMs, one.untilMs, "nothing lengthens it");
    await impersonating.endOver(startMs + 15 * minuteMs - 1);
    assert.equal(await store().impersonations.mark(), marks[1]);
    await impersonating.endOver(startMs + 15 * minuteMs);
    marks.push(await store().impersonations.mark());
    assert.equal(new Set(marks).size, 3);
    await impersonating.endOver(startMs + 16 * minuteMs);
    assert.deepEqual(await entriesOf(store(), wish.actor), [
      `caller:${wish.actor} impersonation-begun INC-1`,
      "time impersonation-ended INC-1",
    ]);
    const again = { ...wish, atMs: startMs + 20 * minuteMs };
    assert.equal(await impersonating.begin(again), "ended");
    assert.equal(typeof (await impersonating.begin({ ...again, reason: "INC-2" })), "object");
    const nextDay = await impersonating.begin({ ...wish, atMs: startMs + 2 * dayMs });
    assert.ok(typeof nextDay === "object" && nextDay.id !== one.id, "a day later");
  });

  holds("what nobody has noted as over is over all the same", async () => {
    const impersonating = new Impersonating(store(), "admin:eve");
    const wish = wishOf();
    await impersonating.begin(wish);
    assert.equal(await impersonating.begin({ ...wish, atMs: startMs + 15 * minuteMs }), "ended");
    const shown = await impersonating.list(startMs + 15 * minuteMs);
    assert.ok(!shown.some(({ actor }) => actor === wish.actor));
  });

  holds("whom an administrator has stopped begins none for that person within a day", async () => {
    const impersonating = new Impersonating(store(), "admin:eve");
    const wish = wishOf();
    const session = await impersonating.begin(wish);
    assert.ok(typeof session === "object");
    assert.ok((await impersonating.list(startMs + 1)).some(({ id }) => id === session.id));
    assert.equal((await impersonating.end(session.id, startMs + 1))?.endedBy, "admin:eve");
    assert.equal(await impersonating.end(session.id, startMs + 2), undefined, "it is over");
    assert.equal(await impersonating.end("none", startMs + 2), undefined);
    assert.ok(!(await impersonating.list(startMs + 2)).some(({ id }) => id === session.id));
    const soon = { ...wish, reason: "INC-2", atMs: startMs + minuteMs };
    assert.equal(await impersonating.begin(soon), "taken-back");
    assert.equal(typeof (await impersonating.begin({ ...soon, subject: "ben" })), "object");
    assert.equal(
      typeof (await impersonating.begin({ ...soon, atMs: startMs + dayMs + 1 })),
      "object",
    );
    assert.ok(
      (await entriesOf(store(), wish.actor)).includes("admin:eve impersonation-ended INC-1"),
    );
  });

  holds("nobody begins more in a day than the policy says, whoever is acted for", async () => {
    const impersonating = new Impersonating(store(), "admin:eve");
    const wish = wishOf({ mostADay: 2 });
    const begun = async (subject: string, atMs = startMs): Promise<string> => {
      const said = await impersonating.begin({ ...wish, subject, atMs });
      return typeof said === "string" ? said : "begun";
    };
    assert.equal(await begun("a"), "begun");
    assert.equal(await begun("b"), "begun");
    assert.equal(await begun("c"), "too-many");
    assert.equal(await begun("a"), "begun", "the one that has begun");
    assert.equal(await begun("c", startMs + dayMs), "begun");
  });

  holds(
    "of accounts, only those that are there, are enabled and are no staff are acted for",
    async () => {
      const impersonating = new Impersonating(store(), "admin:eve");
      const account = async (roles: readonly string[], disabledAtMs?: number): Promise<string> => {
        const id = randomUUID();
        await store().accounts.add({
          id,
          email: `${id}@example.com`,
          emailVerifiedAtMs: 1,
          passwordHash: undefined,
          roles,
          tier: "silver",
          version: 7,
          epoch: 0,
          createdAtMs: 1,
          disabledAtMs,
        });
        return id;
      };
      const begin = (id: string) =>
        impersonating.begin(
          wishOf({ subject: id, account: id, roles: undefined, tier: undefined }),
        );
      const said = await begin(await account(["customer"]));
      assert.ok(typeof said === "object");
      assert.deepEqual([said.roles, said.tier, said.accountVersion], [["customer"], "silver", 7]);
      assert.equal(await begin(await account(["customer", "support"])), "staff");
      assert.equal(await begin(await account(["customer"], 5)), "disabled");
      assert.equal(await begin(randomUUID()), "unknown");
    },
  );
});

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
