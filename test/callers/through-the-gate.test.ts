import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { main } from "../../examples/harbour/gate.ts";
import { type Bank, secret, signed, startBank } from "./bank-of-sources.ts";

const sources = `legacy: { jwt: { algorithm: HS256, secret: { env: JWT_SECRET } }, claims: { sub: /user_id, roles: /auth/roles } }
session: { credential: { cookie: sid }, whoami: { operation: getMe, sub: /id, roles: /roles }, forgetOn: [logout] }
opaque: { credential: { header: X-Auth-Token }, whoami: { operation: getMe, sub: /id, roles: /roles } }
people: { credential: { scheme: Basic }, whoami: { operation: getMe, sub: username } }
unused: { credential: { header: X-Old-Token }, whoami: { operation: getMe, sub: /id } }
machines: { credential: [{ header: X-API-Key }, { securityScheme: key }], keys: { file: ./api-keys.yaml }, forward: drop }`;

let bank: Bank;
let key = "";
before(async () => {
  bank = await startBank(sources, { "api-keys.yaml": "" });
});
after(() => bank.close());

const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;
const asked = (path: string): number => bank.seen.filter(({ at }) => at === path).length;

test("a token of a shared secret with a number for its subject is a caller", async () => {
  const token = signed({ user_id: 7, auth: { roles: ["member"] }, exp: inAnHour() });
  const { status, told } = await bank.ask("/things", { Authorization: `Bearer ${token}` });
  assert.equal(status, 200);
  assert.deepEqual([told?.["sub"], told?.["roles"], told?.["source"]], ["7", ["member"], "legacy"]);
});

test("tokens of another secret, without one, or without an end are refused", async () => {
  const at = inAnHour();
  for (const [token, code] of [
    [signed({ user_id: 7, exp: at }, `${secret}x`), "token-signature-invalid"],
    [signed({ user_id: 7, exp: at }, secret, "HS384"), "token-algorithm-refused"],
    [signed({ user_id: 7, exp: at }, secret, "none"), "token-algorithm-refused"],
    [signed({ user_id: 7 }), "token-claims-invalid"],
    [signed({ exp: at }), "token-claims-invalid"],
    [signed({ user_id: 7.5, exp: at }), "token-claims-invalid"],
    [signed({ user_id: {}, exp: at }), "token-claims-invalid"],
  ] as const) {
    const answer = await bank.ask("/things", { Authorization: `Bearer ${token}` });
    assert.deepEqual([answer.status, answer.code], [401, code]);
  }
});

test("the backend is asked once who a session is, and then it is remembered", async () => {
  bank.sessions.set("s%3Aone.x", { id: 3, roles: ["member"] });
  const askedBefore = asked("GET /me");
  for (let time = 0; time < 20; time += 1) {
    const { status, told } = await bank.ask("/things", { Cookie: "a=b; sid=s%3Aone.x" });
    assert.deepEqual([status, told?.["sub"], told?.["source"]], [200, "3", "session"]);
  }
  // Each of two threads asks for itself.
  assert.ok(asked("GET /me") - askedBefore <= 2, String(asked("GET /me") - askedBefore));
});

test("an opaque token in a field of its own is a caller, and a made-up one is nobody", async () => {
  bank.sessions.set("opaque|7", { id: 9, roles: [] });
  const { status, told } = await bank.ask("/things", { "X-Auth-Token": "opaque|7" });
  assert.deepEqual([status, told?.["sub"], told?.["source"]], [200, "9", "opaque"]);
  const askedBefore = asked("GET /me");
  for (let time = 0; time < 10; time += 1)
    assert.equal(
      (await bank.ask("/things", { "X-Auth-Token": "made-up" })).code,
      "session-invalid",
    );
  assert.ok(asked("GET /me") - askedBefore <= 2);
});

test("a Basic password is judged by the backend, and the name is the caller's", async () => {
  const field = `Basic ${Buffer.from("ann:right").toString("base64")}`;
  bank.sessions.set(field, { id: 1, roles: [] });
  const { status, told } = await bank.ask("/things", { Authorization: field });
  assert.deepEqual([status, told?.["sub"]], [200, "ann"]);
  const wrong = `Basic ${Buffer.from("ann:wrong").toString("base64")}`;
  assert.equal((await bank.ask("/things", { Authorization: wrong })).code, "session-invalid");
});

test("a session that is signed out is nobody's at once, on every thread", async () => {
  bank.sessions.set("leaving", { id: 4, roles: [] });
  const cookie = { Cookie: "sid=leaving" };
  for (let time = 0; time < 6; time += 1)
    assert.equal((await bank.ask("/things", cookie)).status, 200);
  assert.equal((await bank.ask("/logout", cookie, "POST")).status, 200);
  for (let time = 0; time < 6; time += 1)
    assert.equal((await bank.ask("/things", cookie)).code, "session-invalid");
});

test("a session that was begun before sign-in belongs to who has signed in last", async () => {
  const cookie = { Cookie: "sid=fixed" };
  assert.equal((await bank.ask("/rates", cookie)).status, 200);
  assert.equal((await bank.ask("/things", cookie)).code, "session-invalid");
  for (const id of ["5", "6"]) {
    assert.equal((await bank.ask("/login", { ...cookie, "X-Login-As": id }, "POST")).status, 200);
    for (let time = 0; time < 4; time += 1)
      assert.equal((await bank.ask("/things", cookie)).told?.["sub"], id);
  }
});

test("two credentials of two sources are refused, also where none is needed", async () => {
  const token = signed({ user_id: 7, exp: inAnHour() });
  bank.sessions.set("both", { id: 8, roles: [] });
  for (const path of ["/things", "/rates", "/things?api_key=x"]) {
    const { code, status } = await bank.ask(path, {
      Authorization: `Bearer ${token}`,
      Cookie: "sid=both",
    });
    assert.deepEqual([status, code], [400, "credential-ambiguous"], path);
  }
});

test("an API key is issued, opens, stays out of the backend and the records, and ends with its entry", async () => {
  const config = ["--config", join(bank.directory, "portcullis.yaml"), "--json"];
  const made = JSON.parse(
    execFileSync(process.execPath, [
      "--conditions=@portcullis/source",
      main,
      ..."keys issue partner-1 --role reader --scope things:read".split(" "),
      ...config,
    ]).toString(),
  ) as { key: string; file: string };
  key = made.key;
  await until(async () => (await bank.ask("/things", { "X-API-Key": key })).status === 200);
  for (const [path, headers] of [
    ["/things", { "X-API-Key": key }],
    [`/things?api_key=${key}`, {}],
  ] as const) {
    const { status, told } = await bank.ask(path, headers);
    assert.deepEqual(
      [status, told?.["sub"], told?.["roles"], told?.["scope"], told?.["source"]],
      [200, "partner-1", ["reader"], "things:read", "machines"],
    );
  }
  assert.ok(!JSON.stringify(bank.seen).includes(key), "the backend is told who calls, not the key");
  await until(async () => (await bank.records()).includes("partner-1"));
  assert.ok(!(await bank.records()).includes(key), "no record holds the key");
  assert.equal((await bank.ask("/things", { "X-API-Key": `${key}x` })).code, "api-key-invalid");
  writeFileSync(made.file, "");
  await until(
    async () => (await bank.ask("/things", { "X-API-Key": key })).code === "api-key-invalid",
  );
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, "it did not come about within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("requests are counted by source, and a source that nobody uses is named", async () => {
  const counted = JSON.parse(await bank.admin("/sources")) as Record<string, number>;
  assert.deepEqual(Object.keys(counted).toSorted(), [
    "legacy",
    "machines",
    "opaque",
    "people",
    "session",
    "unused",
  ]);
  assert.ok((counted["session"] ?? 0) >= 20);
  assert.equal(counted["unused"], 0);
  assert.match(
    await bank.admin("/metrics"),
    /portcullis_source_requests_total\{source="unused"\} 0/,
  );
  const [admin, directory] = [`http://127.0.0.1:${bank.gate.adminPort}`, bank.directory];
  const words = ["check", "--suggest", "--admin", admin, "--config", "portcullis.yaml"];
  const { stdout } = spawnSync(
    process.execPath,
    ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning", main].concat(
      words,
      ["--directory", join(directory, "state")],
    ),
    { cwd: directory, encoding: "utf8", env: { ...process.env, JWT_SECRET: secret } },
  );
  assert.match(stdout, /nobody has used since the gate was started: unused\./);
});
