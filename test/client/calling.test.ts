import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { problemCatalogue } from "@portcullis/guard/problems";
import {
  PortcullisProblem,
  SignedOut,
  Unreachable,
} from "../../packages/client/src/portcullis-client.ts";
import { problemCodes } from "../../packages/client/src/problems.ts";
import type { IdentityGate } from "../identity/identity-gate.ts";
import { email, phoneAt, startClientGate } from "./phone.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startClientGate();
});
after(() => gate.close());

test("twenty calls that find the token old refresh it once, and none fails", async () => {
  const { client, sent } = phoneAt(gate);
  await client.signIn();
  gate.command("users", "roles", email, "--role", "member");
  await new Promise((resolve) => setTimeout(resolve, 400));
  sent.length = 0;
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.send("/notes")));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(sent.filter((one) => one === "POST /oauth/token").length, 1);
});

test("answers that are lost, servers that are down and timeouts never sign anybody out", async () => {
  const made = phoneAt(gate);
  await made.client.signIn();
  gate.command("users", "roles", email, "--role", "member");
  await new Promise((resolve) => setTimeout(resolve, 400));
  for (const failing of [
    new TypeError("fetch failed"),
    new Response("{}", { status: 503 }),
    new Response("{}", { status: 500 }),
    new Response("oops", { status: 502 }),
    new Response('{"error":"server_error"}', { status: 429, headers: { "Retry-After": "1" } }),
  ]) {
    made.fail = (url) =>
      url.includes("/oauth/token")
        ? failing instanceof Error
          ? failing
          : failing.clone()
        : undefined;
    await assert.rejects(made.client.send("/notes"), Unreachable);
    assert.equal(await made.client.isSignedIn(), true);
  }
  made.fail = undefined;
  assert.equal((await made.client.send("/notes")).status, 200);
});

test("only the issuer's own word ends a session, and the app is told why", async () => {
  gate.addUser("gone@notes.example", "--role", "member");
  const { client, events } = phoneAt(gate, "gone@notes.example");
  await client.signIn();
  gate.command("users", "sign-out", "gone@notes.example");
  await new Promise((resolve) => setTimeout(resolve, 400));
  await assert.rejects(
    client.send("/notes"),
    (fault) => fault instanceof SignedOut && fault.reason === "session-ended",
  );
  assert.deepEqual(events.at(-1), ["signed-out", { reason: "session-ended" }]);
});

test("a server that says when to come back is asked again then, as long as a person would wait", async () => {
  const made = phoneAt(gate);
  await made.client.signIn();
  const problem = (status: number, code: string, waitSeconds: string): Response =>
    new Response(JSON.stringify({ code, title: "x" }), {
      status,
      headers: { "Content-Type": "application/problem+json", "Retry-After": waitSeconds },
    });
  let tries = 0;
  made.fail = (url) =>
    url.endsWith("/notes") && (tries += 1) === 1 ? problem(429, "limit-exceeded", "2") : undefined;
  assert.equal((await made.client.send("/notes")).status, 200);
  made.fail = (url) =>
    url.endsWith("/notes") ? problem(503, "upstream-unreachable", "3600") : undefined;
  await assert.rejects(
    made.client.send("/notes"),
    (fault) =>
      fault instanceof PortcullisProblem &&
      fault.code === "upstream-unreachable" &&
      fault.retryAfterSeconds === 3600,
  );
});

test("a build that is too old is told where the new one is, and does not try again", async () => {
  const made = phoneAt(gate, email, {}, { app: { id: "old-app", version: "1.0.0" } });
  await made.client.signIn();
  await assert.rejects(
    made.client.send("/notes"),
    (fault) => fault instanceof PortcullisProblem && fault.code === "app-version-unsupported",
  );
  assert.deepEqual(made.events.at(-1), ["upgrade-needed", { url: "https://apps.example/notes" }]);
});

test("a token is sent to the API and nowhere else", async () => {
  const { client } = phoneAt(gate);
  await client.signIn();
  await assert.rejects(client.send("https://evil.example/notes"), /not the API/);
});

test("the codes the client acts on are in the gate's catalogue", () => {
  for (const code of Object.values(problemCodes).flat())
    assert.ok(problemCatalogue.has(code), code);
});
