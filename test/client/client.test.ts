import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { problemCatalog } from "@portcullis/guard/problem-catalog";
import { memoryPlatform, MemoryVault } from "../../packages/client/src/adapters/memory.ts";
import { expoKeychain, keychainVault } from "../../packages/client/src/adapters/keychain.ts";
import { type ClientEvents, PortcullisClient, PortcullisProblem, SignedOut, SignInFailed, Unreachable } from "../../packages/client/src/portcullis-client.ts";
import type { Platform } from "../../packages/client/src/ports.ts";
import { problemCodes } from "../../packages/client/src/problems.ts";
import { Browser, codeNow, formTokenOf, secretOn } from "../identity/app.ts";
import { type IdentityGate, password, startIdentityGate } from "../identity/identity-gate.ts";

let gate: IdentityGate;
const email = "ann@notes.example";

before(async () => {
  gate = await startIdentityGate({
    change: (policy) => policy.replace("- { id: notes-app, ", "- { id: notes-app, nativeSignIn: true, ").replace("apps:\n", "apps:\n  - { id: old-app, minVersion: 3.0.0, upgradeUrl: https://apps.example/notes }\n").replace("operations:\n", "operations:\n  - { match: listNotes, limits: [{ rate: 60/s, per: user }] }\n"),
  });
  gate.addUser(email, "--role", "member");
});
after(() => gate.close());

async function byPassword(browser: Browser, url: string, person: string): Promise<string | undefined> {
  const first = await browser.follow(await browser.get(url), url);
  if (first.left !== undefined) return first.left.href;
  const sent = await browser.post(first.url, { form: formTokenOf(first.page ?? ""), intent: "password", email: person, password });
  return (await browser.follow(sent, first.url)).left?.href;
}

interface Phone {
  readonly client: PortcullisClient;
  readonly platform: Platform;
  readonly sent: string[];
  readonly events: [keyof ClientEvents, unknown][];
  /** Set to make the network fail. */
  fail: ((url: string, init: RequestInit) => Response | Error | undefined) | undefined;
}

function phone(person = email, over: Partial<Platform> = {}, options: Partial<ConstructorParameters<typeof PortcullisClient>[0]> = {}): Phone {
  const browser = new Browser(gate);
  const made: { -readonly [K in keyof Phone]: Phone[K] } = { sent: [], events: [], fail: undefined, client: undefined as never, platform: undefined as never };
  const send = (async (input: string, init: RequestInit = {}) => {
    made.sent.push(`${init.method ?? "GET"} ${new URL(input).pathname}`);
    const failed = made.fail?.(input, init);
    if (failed instanceof Error) throw failed;
    return failed ?? gate.fetch(input, { ...init, signal: null });
  }) as typeof fetch;
  made.platform = { ...memoryPlatform({ open: (url) => byPassword(browser, url, person) }, { fetch: send, clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep: () => Promise.resolve() } }), ...over };
  made.client = new PortcullisClient({ issuer: gate.origin, clientId: "notes-app", redirectUri: "com.notes.app:/signed-in", scopes: ["openid", "notes:read", "notes:write"], app: { id: "notes-app", version: "3.1.0" }, ...options }, made.platform);
  for (const name of ["signed-in", "signed-out", "refreshed", "step-up", "upgrade-needed", "version-ended"] as const) made.client.on(name, (event) => made.events.push([name, event]));
  return made;
}

test("an app signs in, calls the API, and signs out everywhere", async () => {
  const { client, events, sent } = phone();
  await assert.rejects(client.send("/notes"), SignedOut);
  await client.signIn();
  assert.equal((await client.send("/notes")).status, 200);
  assert.equal((await client.send("/notes", { method: "POST", body: { text: "x" } })).status, 201);
  const token = await client.accessToken();
  await client.signOut();
  assert.ok(sent.includes("POST /oauth/revoke"));
  assert.equal(await client.isSignedIn(), false);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const { client: other } = phone();
  await other.signIn();
  assert.notEqual(await other.accessToken(), token);
  assert.deepEqual(events.map(([name]) => name), ["signed-in", "signed-out"]);
});

test("an app signs somebody in on its own screens, says what did not do, and leaves the rest to the browser", async () => {
  const { client, events, sent } = phone();
  const wrong = await client.signInWith({ username: email, password: "not the password at all" });
  assert.equal(wrong.status, "more");
  assert.ok(wrong.status === "more" && wrong.next === "password" && /did not match/.test(wrong.fault ?? ""));
  assert.deepEqual(await wrong.answer(password), { status: "signed-in" });
  assert.equal((await client.send("/notes")).status, 200);
  assert.ok(!sent.some((one) => one.includes("/oauth/authorize") || one.includes("/oauth/par")));
  assert.deepEqual(events.map(([name]) => name), ["signed-in"]);
  assert.deepEqual(await client.signInWith({ username: email, password }, { acrValues: ["mfa"] }), { status: "browser" });
  const lost = phone();
  lost.fail = (url) => (url.endsWith("/oauth/challenge") ? new TypeError("fetch failed") : undefined);
  await assert.rejects(lost.client.signInWith({ username: email, password }), Unreachable);
  assert.equal(lost.sent.filter((one) => one === "POST /oauth/challenge").length, 1, "not sent again by itself");
});

test("twenty calls that find the token old refresh it once, and none fails", async () => {
  const { client, sent } = phone();
  await client.signIn();
  gate.command("users", "roles", email, "--role", "member");
  await new Promise((resolve) => setTimeout(resolve, 400));
  sent.length = 0;
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.send("/notes")));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(sent.filter((one) => one === "POST /oauth/token").length, 1);
});

test("answers that are lost, servers that are down and timeouts never sign anybody out", async () => {
  const made = phone();
  await made.client.signIn();
  gate.command("users", "roles", email, "--role", "member");
  await new Promise((resolve) => setTimeout(resolve, 400));
  for (const failing of [new TypeError("fetch failed"), new Response("{}", { status: 503 }), new Response("{}", { status: 500 }), new Response("oops", { status: 502 }), new Response('{"error":"server_error"}', { status: 429, headers: { "Retry-After": "1" } })]) {
    made.fail = (url) => (url.includes("/oauth/token") ? (failing instanceof Error ? failing : failing.clone()) : undefined);
    await assert.rejects(made.client.send("/notes"), Unreachable);
    assert.equal(await made.client.isSignedIn(), true);
  }
  made.fail = undefined;
  assert.equal((await made.client.send("/notes")).status, 200);
});

test("only the issuer's own word ends a session, and the app is told why", async () => {
  gate.addUser("gone@notes.example", "--role", "member");
  const { client, events } = phone("gone@notes.example");
  await client.signIn();
  gate.command("users", "sign-out", "gone@notes.example");
  await new Promise((resolve) => setTimeout(resolve, 400));
  await assert.rejects(client.send("/notes"), (fault) => fault instanceof SignedOut && fault.reason === "session-ended");
  assert.deepEqual(events.at(-1), ["signed-out", { reason: "session-ended" }]);
});

test("an operation that needs more is reached: the client goes through the step-up by itself and sends the request again", async () => {
  gate.addUser("strong@notes.example", "--role", "member");
  const browser = new Browser(gate);
  const made = phone("strong@notes.example", {
    browser: {
      async open(url) {
        const first = await browser.follow(await browser.get(url), url);
        if (!(first.page ?? "").includes("One more step")) return byPassword(browser, url, "strong@notes.example");
        const start = await browser.follow(await browser.post(first.url, { form: formTokenOf(first.page ?? ""), intent: "start" }), first.url);
        const enrol = await browser.follow(await browser.post(start.url, { form: formTokenOf(start.page ?? ""), intent: "password", email: "strong@notes.example", password }), start.url);
        const mailed = gate.mails().filter((mail) => mail.to === "strong@notes.example" && mail.purpose === "new-device").at(-1)?.code ?? "";
        const confirmed = await browser.follow(await browser.post(enrol.url, { form: formTokenOf(enrol.page ?? ""), intent: "second", code: mailed }), enrol.url);
        const codes = await browser.follow(await browser.post(confirmed.url, { form: formTokenOf(confirmed.page ?? ""), intent: "enrol", code: codeNow(secretOn(confirmed.page ?? "")) }), confirmed.url);
        return (await browser.follow(await browser.post(codes.url, { form: formTokenOf(codes.page ?? ""), intent: "recovery" }), codes.url)).left?.href;
      },
    },
  });
  await made.client.signIn();
  assert.equal((await made.client.send("/vault")).status, 200);
  assert.deepEqual(made.events.find(([name]) => name === "step-up")?.[1], { acrValues: ["mfa"], maxAgeSeconds: 300 });
});

test("a redirect that comes after the app was killed still ends the sign-in", async () => {
  const browser = new Browser(gate);
  let redirected: string | undefined;
  const first = phone(email, { browser: { open: async (url) => ((redirected = await byPassword(browser, url, email)), undefined) } });
  await assert.rejects(first.client.signIn(), (fault) => fault instanceof SignInFailed && fault.error === "dismissed");
  const again = phone(email, { vault: first.platform.vault, keys: first.platform.keys });
  await Promise.all([again.client.completeSignIn(redirected as string), again.client.completeSignIn(redirected as string)]);
  assert.equal((await again.client.send("/notes")).status, 200);
});

test("an answer to somebody else's sign-in is refused (login CSRF), and so is none at all", async () => {
  const made = phone();
  await assert.rejects(made.client.completeSignIn("com.notes.app:/signed-in?code=x&state=y"), SignInFailed);
  const attacker = new Browser(gate);
  const victim = phone(email, { browser: { open: () => Promise.resolve(undefined) } });
  await assert.rejects(victim.client.signIn(), SignInFailed);
  const theirs = phone(email, { browser: { open: async (url) => ((foreign = await byPassword(attacker, url, email)), undefined) } });
  let foreign: string | undefined;
  await assert.rejects(theirs.client.signIn(), SignInFailed);
  await assert.rejects(victim.client.completeSignIn(foreign as string), (fault) => fault instanceof SignInFailed && fault.error === "answer-foreign");
  assert.equal(await victim.client.isSignedIn(), false);
});

test("unsafe requests carry a key of their own and are sent again with the same; without it they are not", async () => {
  const made = phone();
  await made.client.signIn();
  const keys: (string | undefined)[] = [];
  let failures = 0;
  made.fail = (url, init) => {
    if (!url.endsWith("/notes")) return undefined;
    keys.push((init.headers as Record<string, string>)["Idempotency-Key"]);
    return (failures += 1) <= 2 ? new TypeError("fetch failed") : undefined;
  };
  assert.equal((await made.client.send("/notes", { method: "POST", body: {} })).status, 201);
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  assert.ok(keys[0] !== undefined);
  failures = 0;
  await assert.rejects(made.client.send("/notes", { method: "POST", body: {}, idempotencyKey: false }), Unreachable);
});

test("a server that says when to come back is asked again then, as long as a person would wait", async () => {
  const made = phone();
  await made.client.signIn();
  const problem = (status: number, code: string, waitSeconds: string): Response => new Response(JSON.stringify({ code, title: "x" }), { status, headers: { "Content-Type": "application/problem+json", "Retry-After": waitSeconds } });
  let tries = 0;
  made.fail = (url) => (url.endsWith("/notes") && (tries += 1) === 1 ? problem(429, "limit-exceeded", "2") : undefined);
  assert.equal((await made.client.send("/notes")).status, 200);
  made.fail = (url) => (url.endsWith("/notes") ? problem(503, "upstream-unreachable", "3600") : undefined);
  await assert.rejects(made.client.send("/notes"), (fault) => fault instanceof PortcullisProblem && fault.code === "upstream-unreachable" && fault.retryAfterSeconds === 3600);
});

test("a build that is too old is told where the new one is, and does not try again", async () => {
  const made = phone(email, {}, { app: { id: "old-app", version: "1.0.0" } });
  await made.client.signIn();
  await assert.rejects(made.client.send("/notes"), (fault) => fault instanceof PortcullisProblem && fault.code === "app-version-unsupported");
  assert.deepEqual(made.events.at(-1), ["upgrade-needed", { url: "https://apps.example/notes" }]);
});

test("a token is sent to the API and nowhere else", async () => {
  const { client } = phone();
  await client.signIn();
  await assert.rejects(client.send("https://evil.example/notes"), /not the API/);
});

test("a vault that fails loses no session: the old token serves until the new one is stored", async () => {
  const vault = new MemoryVault();
  let failing = false;
  const made = phone(email, { vault: { read: (name) => vault.read(name), compareAndSet: (name, expected, value) => (failing && name === "session" ? Promise.reject(new Error("keychain locked")) : vault.compareAndSet(name, expected, value)) } });
  await made.client.signIn();
  gate.command("users", "roles", email, "--role", "member");
  await new Promise((resolve) => setTimeout(resolve, 400));
  failing = true;
  await made.client.send("/notes").catch(() => undefined);
  failing = false;
  assert.equal((await made.client.send("/notes")).status, 200);
  const again = phone(email, { vault, keys: made.platform.keys });
  assert.equal((await again.client.send("/notes")).status, 200);
});

test("an extension that may not refresh uses what the app has", async () => {
  const app = phone();
  await app.client.signIn();
  const widget = phone(email, { vault: app.platform.vault, keys: app.platform.keys, lock: app.platform.lock }, { refreshes: false });
  assert.equal((await widget.client.send("/notes")).status, 200);
  assert.ok(!widget.sent.includes("POST /oauth/token"));
});

test("plain storage is refused, and a keychain that outlived its app is emptied", async () => {
  class AsyncStorage {
    get = (): Promise<string | null> => Promise.resolve(null);
    set = (): Promise<void> => Promise.resolve();
    remove = (): Promise<void> => Promise.resolve();
  }
  const { lock } = phone().platform;
  assert.throws(() => keychainVault(new AsyncStorage(), lock, new AsyncStorage()), /plain storage/);
  const kept = new Map([["portcullis.session", "v\nsomebody else's"]]);
  const marks = new Map<string, string>();
  const keychain = expoKeychain({ AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: 1, getItemAsync: (key) => Promise.resolve(kept.get(key) ?? null), setItemAsync: (key, value) => Promise.resolve(void kept.set(key, value)), deleteItemAsync: (key) => Promise.resolve(void kept.delete(key)) });
  const installed = { get: (name: string) => Promise.resolve(marks.get(name)), set: (name: string, value: string) => Promise.resolve(void marks.set(name, value)) };
  const vault = keychainVault(keychain, lock, installed);
  assert.equal(await vault.read("session"), undefined);
  assert.equal(await vault.compareAndSet("session", undefined, "mine"), true);
  assert.equal(await vault.compareAndSet("session", undefined, "theirs"), false);
  assert.equal((await keychainVault(keychain, lock, installed).read("session"))?.value, "mine");
});

test("the codes the client acts on are in the gate's catalogue", () => {
  for (const code of Object.values(problemCodes).flat()) assert.ok(Object.hasOwn(problemCatalog, code), code);
});
