import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { App } from "../identity/app.ts";
import { formTokenOf } from "../identity/browser.ts";
import { type IdentityGate, password, startIdentityGate } from "../identity/identity-gate.ts";
import { begins, challenge, proofOf } from "../identity/native-app.ts";
import { visitAt } from "../identity/visit.ts";
import { findPostgres, startPostgres } from "../parts/postgres.ts";
import { test } from "../parts/test.ts";

const email = "ann@notes.example";

interface Answer {
  readonly what: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly type: string | undefined;
}

/** Every kind of request that sign-in is made of. */
async function askAll(gate: IdentityGate): Promise<() => Promise<readonly Answer[]>> {
  const { app, at } = await visitAt(gate);
  const { url } = await app.authorizationUrl();
  const form = { form: formTokenOf(at.page), intent: "password", email, password };
  const signedIn = await new App(gate).begin();
  const { refresh_token: refreshToken = "" } = await signedIn.signIn(email);
  const token = async (fields: Readonly<Record<string, string>>): Promise<Response> =>
    gate.fetch(`${gate.origin}/oauth/token`, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        DPoP: await proofOf(signedIn, { htu: `${gate.origin}/oauth/token` }),
      },
      body: new URLSearchParams({ client_id: "notes-app", ...fields }).toString(),
    });
  return async () => {
    const native = await challenge(app, { ...begins, username: email, password });
    const asked: [string, { readonly status: number; readonly headers: Headers }][] = [
      ["native sign-in", native],
      ["authorization", await gate.fetch(url)],
      ["the page", await app.browser.get(at.url)],
      ["the form", await app.browser.post(at.url, form)],
      ["the account page", await signedIn.browser.get(`${gate.origin}/account`)],
      ["a refresh", await token({ grant_type: "refresh_token", refresh_token: refreshToken })],
    ];
    return asked.map(([what, { headers, status }]) => ({
      what,
      status,
      retryAfter: headers.get("retry-after"),
      type: headers.get("content-type")?.split(";")[0],
    }));
  };
}

/** What reads the store alone may go on where only writing is in the way. */
async function holdsFor(
  gate: IdentityGate,
  lose: () => void,
  find: () => void,
  goesOn: readonly string[],
): Promise<void> {
  gate.addUser(email, "--role", "member");
  const ask = await askAll(gate);
  const ready = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${gate.gate.adminPort}/readyz`)).text();
  lose();
  try {
    for (const { retryAfter, status, type, what } of await ask()) {
      if (goesOn.includes(what)) continue;
      assert.equal(status, 503, what);
      assert.equal(retryAfter, "5", what);
      const isJson = ["native sign-in", "a refresh"].includes(what);
      assert.equal(type, isJson ? "application/json" : "text/html", what);
    }
    assert.match(await ready(), /^degraded: store: /m);
  } finally {
    find();
  }
  for (let tries = 0; tries < 400 && (await ready()) !== "ready\n"; tries += 1) await sleep(50);
  assert.equal(await ready(), "ready\n");
  const again = await new App(gate).begin();
  assert.ok((await again.signIn(email)).access_token, "without a restart");
}

const native = (policy: string): string =>
  policy.replace("- { id: notes-app, ", "- { id: notes-app, nativeSignIn: true, ");

test("while SQLite is held by another process, sign-in says 503 and when to come back, and goes on afterwards", {
  timeout: 120_000,
}, async () => {
  const gate = await startIdentityGate({ change: native });
  const other = new DatabaseSync(join(gate.directory, "state", "portcullis.db"));
  try {
    await holdsFor(
      gate,
      () => other.exec("BEGIN IMMEDIATE"),
      () => other.exec("ROLLBACK"),
      ["the page", "the account page"],
    );
  } finally {
    other.close();
    gate.close();
  }
});

test(
  "while PostgreSQL hangs, sign-in says 503 and when to come back, and goes on afterwards",
  {
    timeout: 180_000,
  },
  async (_parts, context) => {
    // A server of this test's own: it is stopped.
    const found = findPostgres();
    if ("missing" in found) return context.skip(`PostgreSQL ${found.missing}`);
    const server = await startPostgres(
      found.place,
      join(tmpdir(), `portcullis-hang-${process.pid}`),
    );
    const processes = (): readonly number[] => [
      server.pid,
      ...readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8")
        .split(" ")
        .filter((one) => one !== "")
        .map(Number),
    ];
    const gate = await startIdentityGate({
      environment: { PORTCULLIS_KEY: Buffer.alloc(32, 9).toString("base64") },
      change: (policy) => native(policy).replace("./state/portcullis.db", server.url),
    });
    const signal = (name: NodeJS.Signals): void => {
      for (const pid of processes()) process.kill(pid, name);
    };
    try {
      await holdsFor(
        gate,
        () => signal("SIGSTOP"),
        () => signal("SIGCONT"),
        [],
      );
    } finally {
      gate.close();
      await server.close();
    }
  },
);
