import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { main } from "../../examples/harbour/gate.ts";
import { type Bank, signed, startBank } from "./bank-of-sources.ts";

const sources = `legacy: { jwt: { algorithm: HS256, secret: { env: JWT_SECRET } } }
session: { credential: { cookie: sid }, whoami: { operation: getMe, sub: /id } }
people: { credential: { scheme: Basic }, whoami: { operation: getMe, sub: username } }
app: { credential: { header: X-Auth-Token }, from: { operation: login, credential: /token, sub: /user/id, session: /session }, forgetOn: [logout] }
machines: { credential: { header: X-API-Key }, keys: { file: ./api-keys.yaml } }`;

let bank: Bank;
before(async () => {
  bank = await startBank(sources, { "api-keys.yaml": "" }, "store: ./kept.db");
});
after(() => bank.close());

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
let made = 0;
async function signIn(id: string, session = `s-${made}`): Promise<Record<string, string>> {
  const token = `token-${(made += 1)}-${id}`;
  const body = JSON.stringify({ token, user: { id }, session });
  bank.login.answer = () => ({ status: 200, body });
  const json = { "Content-Type": "application/json" };
  await bank.ask("/login", json, "POST", "{}");
  bank.login.answer = undefined;
  return { "X-Auth-Token": token };
}
function command(...words: string[]): { readonly stdout: string; readonly status: number | null } {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      main,
      ...words,
      "--config",
      join(bank.directory, "portcullis.yaml"),
      "--directory",
      join(bank.directory, "state"),
    ],
    { encoding: "utf8" },
  );
  return { stdout: `${stdout}${stderr}`, status };
}

/** A credential of one subject at each kind of source. */
const credentials: Readonly<Record<string, (subject: string) => Promise<Record<string, string>>>> =
  {
    legacy: (sub) =>
      Promise.resolve({
        Authorization: `Bearer ${signed({ sub, iat: nowSeconds(), exp: nowSeconds() + 3600 })}`,
      }),
    session(sub) {
      const sid = `sid-${(made += 1)}`;
      bank.sessions.set(sid, { id: sub, roles: [] });
      return Promise.resolve({ Cookie: `sid=${sid}` });
    },
    people(sub) {
      const field = `Basic ${Buffer.from(`${sub}:right`).toString("base64")}`;
      bank.sessions.set(field, { id: sub, roles: [] });
      return Promise.resolve({ Authorization: field });
    },
    app: (sub) => signIn(sub),
    machines(sub) {
      const { stdout } = command("keys", "issue", sub, "--json");
      return Promise.resolve({ "X-API-Key": (JSON.parse(stdout) as { key: string }).key });
    },
  };

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, "it did not come about within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const isBelieved = async (headers: Record<string, string>): Promise<boolean> =>
  (await bank.ask("/things", headers)).status === 200;

const revoked: Record<string, Record<string, string>> = {};
for (const [source, credentialOf] of Object.entries(credentials))
  test(`what '${source}' has given out to somebody is refused once it is revoked, and nobody else's`, async () => {
    const [ann, bob] = [await credentialOf("ann"), await credentialOf("bob")];
    await until(async () => (await isBelieved(ann)) && (await isBelieved(bob)));
    const { status, stdout } = command("users", "revoke", "ann", "--source", source);
    assert.equal(status, 0, stdout);
    await until(async () => !(await isBelieved(ann)));
    for (let time = 0; time < 4; time += 1) {
      assert.equal((await bank.ask("/things", ann)).status, 401);
      assert.equal((await bank.ask("/things", bob)).status, 200);
    }
    revoked[source] = ann;
  });

test("who is revoked stays so over a new start of the program, at every source", async () => {
  await bank.again();
  for (const [source, headers] of Object.entries(revoked))
    for (let time = 0; time < 4; time += 1)
      assert.equal((await bank.ask("/things", headers)).status, 401, source);
});

test("a sign-in after the revocation is believed, and one that is lifted is believed again", async () => {
  await until(async () => isBelieved(await signIn("ann")));
  const session = revoked["session"] as Record<string, string>;
  assert.equal(command("users", "revoke", "ann", "--source", "session", "--lift").status, 0);
  await until(() => isBelieved(session));
});

test("a session is revoked by the name that its source gives it, over the admin API too", async () => {
  const [one, two] = [await signIn("cid", "left"), await signIn("cid", "right")];
  assert.ok((await isBelieved(one)) && (await isBelieved(two)));
  assert.equal(command("sessions", "revoke", "left", "--source", "app").status, 0);
  await until(async () => !(await isBelieved(one)));
  assert.equal(await isBelieved(two), true);
  const answer = await fetch(`http://127.0.0.1:${bank.gate.adminPort}/revocations`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${readFileSync(bank.gate.adminTokenFile, "utf8").trim()}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({ kind: "session", source: "app", value: "right", forSeconds: 900 }),
  });
  assert.equal(answer.status, 201);
  await until(async () => !(await isBelieved(two)));
});

test("a source that the policy does not have, or that is not said, is named", () => {
  for (const [words, said] of [
    [["users", "revoke", "ann"], "say which source knows them: legacy, session, people"],
    [["users", "revoke", "ann", "--source", "persons"], "there is no source 'persons'"],
    [["sessions", "revoke", "s", "--source", "app", "--for", "soon"], "is no duration"],
  ] as const) {
    const { status, stdout } = command(...words);
    assert.equal(status, 2);
    assert.ok(stdout.includes(said), stdout);
  }
});
