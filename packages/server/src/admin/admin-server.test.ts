import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ViewersFault } from "../watch/live-records.ts";
import { openAdminCredential } from "./admin-credential.ts";
import { startAdminServer, type AdminServer } from "./admin-server.ts";
import { Pressing } from "./pressure/pressing.ts";
import { adminRoutes } from "./routes.ts";
import { Mutes } from "../watch/sinks/mutes.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-admin-"));
let admin: AdminServer;
let missing: string | undefined;
let lost: readonly { part: string; lost: string }[] = [];

before(async () => {
  admin = await startAdminServer({
    host: "127.0.0.1",
    port: 0,
    credential: openAdminCredential(directory),
    tokens: undefined,
    note: async () => undefined,
    routes: adminRoutes({
      metrics: () => "portcullis_up 1\n",
      notReady: () => missing,
      degraded: () => lost,
      hashName: (kind, id) => `${kind} ${id}`,
      evidence: () => [],
      sources: () => ({}),
      records: (question) => ({ items: [question as never], next: undefined, missing: [] }),
      keptMs: () => 1,
      watch: () => {
        throw new ViewersFault("nobody looks on here");
      },
      series: undefined,
      revealing: undefined,
      administrations: undefined,
      pressing: new Pressing(() => assert.fail("nobody asks for it")),
      spenders: { top: () => assert.fail("nobody asks for it") },
      givingBack: { giveBack: () => assert.fail("nobody asks for it") },
      guarding: {
        guarded: () => [],
        holding: async () => [],
        keptMs: () => 1,
        series: undefined,
        forecast: undefined,
      },
      incidents: {
        all: () => [],
        find: () => undefined,
        judge: () => undefined,
        detectors: () => [],
        nowMs: () => 0,
        testAlerts: async () => [],
        mutes: new Mutes(),
        responding: {
          possible: () => [],
          of: async () => [],
          respond: () => Promise.reject(new Error("there is no incident")),
          undo: async () => undefined,
        },
      },
      posture: async () => ({ rows: [], next: [], sinceMs: 0, requests: 0 }),
      releases: {
        all: () => [],
        say: () => assert.fail("nobody says it"),
        withdraw: async () => undefined,
      },
    }),
    say: () => undefined,
  });
});
after(() => admin.close());

function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: admin.port, path, headers }, (response) => {
      let body = "";
      response
        .setEncoding("utf8")
        .on("data", (part: string) => (body += part))
        .on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on("error", reject)
      .end();
  });
}
const token = (): string => readFileSync(join(directory, "admin-token"), "utf8").trim();

test("health, readiness and metrics are served", async () => {
  assert.deepEqual(await get("/healthz"), { status: 200, body: "ok\n" });
  assert.equal((await get("/metrics")).body, "portcullis_up 1\n");
  missing = "no keys of the issuer yet";
  assert.deepEqual(await get("/readyz"), {
    status: 503,
    body: "not ready: no keys of the issuer yet\n",
  });
  missing = undefined;
  assert.deepEqual(await get("/readyz"), { status: 200, body: "ready\n" });
});

test("a lost part does not take the gate out of service: ready says which, and why", async () => {
  lost = [{ part: "redis", lost: "no answer within 100 ms" }];
  assert.deepEqual(await get("/readyz"), {
    status: 200,
    body: "ready\ndegraded: redis: no answer within 100 ms\n",
  });
  lost = [];
});

test("records need the admin's own credential", async () => {
  assert.equal((await get("/records")).status, 401);
  assert.equal((await get("/records", { Authorization: `Bearer ${"x".repeat(43)}` })).status, 401);
  assert.equal(
    (await get("/records?traceId=ab", { Authorization: `Bearer ${token()}` })).status,
    200,
  );
});

test("the credential is readable by its owner only, and the same after a restart", () => {
  assert.equal(statSync(join(directory, "admin-token")).mode & 0o777, 0o600);
  const again = openAdminCredential(directory);
  assert.equal(again.made, false);
  assert.ok(again.fits(token()));
});

test("a foreign host name that points at loopback is not answered", async () => {
  for (const host of [
    "attacker.example",
    "localhost.attacker.example",
    "127.0.0.1.attacker.example",
    "attacker.example:9443",
    "localhost:9443.attacker.example",
    "127.0.0.2",
  ])
    assert.equal((await get("/metrics", { Host: host })).status, 421, host);
});

test("a code that does not exist is named as such, rather than answered with nothing", async () => {
  assert.equal(
    (await get("/records?code=limit-exceded", { Authorization: `Bearer ${token()}` })).status,
    400,
  );
});
