import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { openStore } from "../../packages/server/src/store/open-store.ts";
import { ServedConsole } from "./served-console.ts";
import { Visitor } from "./visitor.ts";

let console: ServedConsole;
let store: DatabaseStore;
before(async () => {
  store = await openStore("store.db", mkdtempSync(join(tmpdir(), "portcullis-console-people-")));
  console = await new ServedConsole(store).start();
});
after(async () => {
  await console.close();
  await store.close();
});

const bearer = (): Record<string, string> => ({ Authorization: `Bearer ${console.bearer}` });

test("a role holds from the next request on, whoever is signed in with another", async () => {
  const ada = await console.personOf("admin", "ada");
  const ben = await console.personOf("operator", "ben");
  assert.equal((await ben.change("POST", "/switches")).status, 200);
  const change = await ada.change("PATCH", "/console/people/ben", { role: "viewer" });
  assert.deepEqual([change.status, change.body["role"]], [200, "viewer"]);
  assert.equal((await ben.change("POST", "/switches")).status, 403);
  assert.equal((await ben.look()).body["role"], "viewer");
  const [entry] = await store.audit.newest(1);
  assert.equal(entry?.action, "console-role-changed");
  assert.deepEqual(
    [entry?.actor, entry?.about, entry?.details],
    ["console:ada", "console:ben", { before: "operator", after: "viewer" }],
  );
});

test("somebody who is removed is out at once: session, passkey, confirmation and links", async () => {
  const cleo = await console.personOf("admin", "cleo");
  const dan = await console.personOf("admin", "dan");
  const invited = await dan.change("POST", "/console/invitations", { role: "admin" });
  const secret = String(invited.body["link"]).split("#")[1] ?? "";
  assert.equal((await console.post("/join/look", { link: secret })).status, 200);
  const own = (await console.links.issue("viewer", "test", "dan")).secret;
  const why = { "Portcullis-Why": "left%20us" };
  assert.equal((await cleo.change("DELETE", "/console/people/dan", undefined, why)).status, 200);
  for (const answer of [
    await dan.get("/records"),
    await dan.look(),
    await dan.change("POST", "/switches"),
    await dan.change("POST", "/session/confirmation/options"),
  ])
    assert.equal(answer.status, 401);
  assert.equal((await dan.signIn()).status, 403);
  for (const link of [secret, own])
    assert.equal((await console.post("/join/look", { link })).status, 404);
  const [entry] = await store.audit.newest(1);
  assert.deepEqual(entry?.details, { before: "admin", why: "left us" });
  assert.equal((await cleo.change("DELETE", "/console/people/dan")).status, 404);
});

test("nobody removes or lowers themselves: it would lock them out", async () => {
  const eve = await console.personOf("admin", "eve");
  for (const [method, body] of [
    ["DELETE", undefined],
    ["PATCH", { role: "viewer" }],
    ["PATCH", { role: "operator" }],
  ] as const) {
    const refused = await eve.change(method, "/console/people/eve", body);
    assert.deepEqual([refused.status, refused.body["code"]], [409, "locks-you-out"]);
  }
  assert.equal((await eve.change("PATCH", "/console/people/eve", { role: "admin" })).status, 200);
  assert.equal((await console.ask("DELETE", "/console/people/eve", bearer())).status, 200);
});

test("a link for somebody who is there adds a passkey, and leaves their role as it is", async () => {
  const fay = await console.personOf("viewer", "fay");
  const made = await console.ask("POST", "/console/invitations", bearer(), {
    role: "admin",
    name: "Fay",
  });
  const link = String(made.body["link"]);
  assert.ok(link.startsWith(`${console.origin}/join#`));
  const second = await console.join(link.split("#")[1] ?? "", "somebody-else");
  const { body } = await second.look();
  assert.deepEqual([body["name"], body["role"]], ["fay", "viewer"]);
  assert.equal((await fay.get("/records")).status, 200);
  const listed = await console.ask("GET", "/console/people", bearer());
  const shown = JSON.parse(listed.text) as { name: string; passkeys: number }[];
  assert.equal(shown.find(({ name }) => name === "fay")?.passkeys, 2);
});

test("inviting and changing people ask for the passkey again", async () => {
  const gil = await console.personOf("admin", "gil");
  console.nowMs += 300_000;
  for (const [method, path, body] of [
    ["POST", "/console/invitations", { role: "admin" }],
    ["PATCH", "/console/people/fay", { role: "admin" }],
    ["DELETE", "/console/people/fay", undefined],
  ] as const)
    assert.equal((await gil.change(method, path, body)).body["code"], "passkey-needed", path);
  await gil.confirm();
  assert.equal((await gil.change("DELETE", "/console/people/fay")).status, 200);
});

test("a stream ends with the sign-in that it was begun by", async () => {
  const hal = await console.personOf("viewer", "hal");
  const ended = new Promise<void>((resolve, reject) => {
    request({
      host: "127.0.0.1",
      port: console.port,
      path: "/records/live?background=1",
      headers: { Host: `localhost:${console.port}`, Cookie: hal.cookie },
    })
      .on("error", reject)
      .on("response", (answer) => {
        answer.on("end", resolve).once("data", () => void hal.change("DELETE", "/session"));
      })
      .end();
  });
  await ended;
  assert.ok(console.did.splice(0).includes("ended"));
  assert.equal((await hal.get("/records/live")).status, 401);
});

test("ten thousand tries keep nobody out, and nothing is kept of them", async () => {
  const link = (await console.links.issue("viewer", "test")).secret;
  const waiting = new Visitor(console);
  const asked = await console.post("/sign-in/options", {});
  for (let count = 0; count < 10_000; count += 1)
    await assert.rejects(console.links.look(randomBytes(32).toString("base64url")));
  await Promise.all(Array.from({ length: 50 }, () => console.post("/sign-in/options", {})));
  assert.equal((await console.post("/sign-in", waiting.shows(asked))).status, 403);
  const joined = await console.join(link, "ina");
  assert.equal((await joined.get("/records")).status, 200);
});

const goes = { "Sec-Fetch-Mode": "navigate", Accept: "text/html" };

test("a browser that comes by another name of this machine is sent to the console's own", async () => {
  for (const host of ["127.0.0.1", "[::1]"]) {
    const Host = `${host}:${console.port}`;
    const sent = await console.ask("GET", "/join?x=1", { ...goes, Host });
    assert.deepEqual([sent.status, sent.headers.location], [307, `${console.origin}/join?x=1`]);
    const odd = await console.ask("GET", "//evil.example/", { ...goes, Host });
    assert.equal(new URL(odd.headers.location ?? "").origin, console.origin);
    assert.equal((await console.ask("GET", "/records", { ...bearer(), Host })).status, 200);
  }
  const tunnel = await console.ask("GET", "/", { ...goes, Host: "localhost:1" });
  assert.equal(tunnel.status, 421);
  assert.match(tunnel.text, /admin: \{ url: http:\/\/localhost:PORT \}/);
});

test("the pages that let people in cannot be framed, run no script but their own, and name nobody", async () => {
  for (const path of ["/sign-in", "/join", "/sign-in/page.js", "/sign-in/page.css"]) {
    const { headers, status, text } = await console.ask("GET", path, goes);
    assert.equal(status, 200, path);
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'.*require-trusted-types-for/);
    assert.equal(headers["x-frame-options"], "DENY");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.equal(headers["content-length"], String(Buffer.byteLength(text)));
    assert.ok(!/ada|<style|style=|<script>| on\w+=/.test(text), path);
  }
});
