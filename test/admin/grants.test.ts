import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { main, startGate } from "../../examples/harbour/gate.ts";
import {
  GrantFault,
  Granting,
  type GrantWish,
} from "../../packages/server/src/admin/grants/granting.ts";
import { signed } from "../callers/bank-of-sources.ts";
import { forEveryStore } from "../identity/every-store.ts";
import { send } from "../vulnerable/client.ts";

const wish: GrantWish = {
  kind: "order",
  from: "ann",
  to: "ben",
  object: "o-1",
  methods: ["GET"],
  reason: "on holiday",
  forMs: 60_000,
};

forEveryStore((holds, store) => {
  holds(
    "a grant is kept until its end or until it is taken back, and each change is audited",
    async () => {
      let now = 1_000_000;
      const { audit, grants } = store();
      const granting = new Granting(grants, audit, "admin:eve", () => now);
      const marks = [await grants.mark()];
      const first = await granting.add(wish);
      marks.push(await grants.mark());
      const second = await granting.add({ ...wish, object: undefined, forMs: 120_000 });
      marks.push(await grants.mark());
      assert.deepEqual(
        (await granting.list()).map(({ id }) => id).toSorted(),
        [first.id, second.id].toSorted(),
      );
      assert.equal((await granting.list()).find(({ id }) => id === first.id)?.object, "o-1");
      now += 60_000;
      assert.deepEqual(await granting.list(), [second]);
      assert.deepEqual(await granting.revoke(second.id), second);
      marks.push(await grants.mark());
      assert.equal(await granting.revoke(second.id), undefined);
      assert.deepEqual(await granting.list(), []);
      // The last is as it was before the one that was taken back.
      assert.equal(new Set(marks.slice(0, 3)).size, 3);
      assert.equal(marks[3], marks[1]);
      const entries = (await audit.newest(10)).filter(({ about }) => about.startsWith("grant:"));
      assert.deepEqual(entries.map(({ action, actor }) => `${actor} ${action}`).toSorted(), [
        "admin:eve grant-added",
        "admin:eve grant-added",
        "admin:eve grant-revoked",
      ]);
      assert.equal(entries[0]?.details["reason"], "on holiday");
    },
  );

  holds("what is no grant is not kept, and what is wrong with it is said", async () => {
    const granting = new Granting(store().grants, store().audit, "command", Date.now);
    const wrong: readonly Partial<GrantWish>[] = [
      { to: "ann" },
      { kind: "" },
      { kind: "Order" },
      { from: "" },
      { to: "ben or ann" },
      { object: "" },
      { methods: [] },
      { methods: ["get"] },
      { methods: ["TRACE"] },
      { reason: " " },
      { forMs: 0 },
      { forMs: Number.NaN },
      { forMs: 91 * 86_400_000 },
    ];
    for (const one of wrong)
      await assert.rejects(granting.add({ ...wish, ...one }), GrantFault, JSON.stringify(one));
    assert.deepEqual(await granting.list(), []);
  });
});

const ok = 'responses: { "200": { description: ok } }';

test("a grant that a command makes lets pass on every thread, and none once it is taken back", async (context) => {
  const backend = createServer((_request, response) =>
    response.writeHead(200, { "Content-Type": "application/json" }).end('{"ownerId":"ann"}'),
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  context.after(() => backend.close());
  const folder = mkdtempSync(join(tmpdir(), "portcullis-grants-"));
  writeFileSync(
    join(folder, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: Orders, version: v1 }
security: [{ token: [] }]
paths: { "/orders/{orderId}": { get: { operationId: getOrder, parameters: [{ name: orderId, in: path, required: true, schema: { type: string } }], ${ok} } } }
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
identity: { sources: { people: { jwt: { algorithm: HS256, secret: { env: ORDER_SECRET } } } } }
limits: { admission: off }
operations: [{ match: getOrder, owner: { response: /ownerId, is: people.sub, granted: order } }]
`,
  );
  const environment = { ...process.env, ORDER_SECRET: secret };
  const state = join(folder, "state");
  const started = await startGate(
    ["--config", policy, ..."--port 0 --admin-port 0 --threads 3".split(" ")],
    state,
    environment,
  );
  context.after(() => started.process.kill("SIGKILL"));
  const base = { url: `https://localhost:${started.port}`, ca: started.ca };
  const exp = Math.floor(Date.now() / 1000) + 600;
  const ben = { headers: { Authorization: `Bearer ${signed({ sub: "ben", exp }, secret)}` } };
  const ask = async (): Promise<number> =>
    (await send(base, { as: "ben", at: "GET /orders/o-1" }, { ann: ben, ben })).status;
  /** Many connections, so that every thread is asked. */
  const all = async (): Promise<ReadonlySet<number>> =>
    new Set(await Promise.all(Array.from({ length: 24 }, ask)));
  const becomes = async (wanted: number): Promise<void> => {
    const until = Date.now() + 20_000;
    for (;;) {
      const statuses = await all();
      if (statuses.size === 1 && statuses.has(wanted)) return;
      assert.ok(Date.now() < until, `${[...statuses].join()} and not ${wanted}`);
      await sleep(50);
    }
  };
  const grant = (...words: readonly string[]): string => {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [
        "--conditions=@portcullis/source",
        "--disable-warning=ExperimentalWarning",
        main,
        "grant",
      ].concat(words, ["--config", policy, "--directory", state, "--json"]),
      { encoding: "utf8", env: environment },
    );
    assert.equal(status, 0, stderr);
    return stdout;
  };
  assert.deepEqual([...(await all())], [404]);
  const flags =
    "--kind order --from people/ann --to people/ben --object o-1 --for 1h --why holiday";
  const { id } = JSON.parse(grant("add", ...flags.split(" "))) as { readonly id: string };
  await becomes(200);
  assert.match(grant("list"), new RegExp(id));
  grant("revoke", id);
  await becomes(404);
});
