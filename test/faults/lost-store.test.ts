import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { App } from "../identity/app.ts";
import { freshDatabase } from "../identity/fresh-database.ts";
import { type IdentityGate, startIdentityGate } from "../identity/identity-gate.ts";
import { test } from "../parts/test.ts";
import { stoppingProxy, type StoppingProxy } from "./stopping-proxy.ts";

const key = Buffer.alloc(32, 9).toString("base64");

interface Before {
  readonly gate: IdentityGate;
  readonly store: StoppingProxy;
  /** Sends a request as somebody who is signed in. */
  readonly call: () => Promise<{ readonly status: number; readonly code?: string | undefined }>;
  readonly ready: () => Promise<{ readonly status: number; readonly body: string }>;
  readonly metric: (name: string) => Promise<number>;
}

/** A gate before a PostgreSQL that can fall silent, and somebody who has signed in there. */
async function begin(postgres: string, onStateLoss: string): Promise<Before> {
  const store = await stoppingProxy(await freshDatabase(postgres));
  const gate = await startIdentityGate({
    environment: { PORTCULLIS_KEY: key },
    change: (policy) => `${policy.replace("./state/portcullis.db", store.url)}\n${onStateLoss}\n`,
  });
  gate.addUser("ann@notes.example", "--role", "member");
  const app = await new App(gate).begin();
  const tokens = await app.signIn("ann@notes.example");
  const admin = async (path: string): Promise<{ status: number; body: string }> => {
    const answer = await fetch(`http://127.0.0.1:${gate.gate.adminPort}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
  return {
    gate,
    store,
    call: () => app.call("/notes", tokens),
    ready: () => admin("/readyz"),
    async metric(name) {
      const { body } = await admin("/metrics");
      const line = body.split("\n").find((one) => one.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1));
    },
  };
}

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const value = await read();
    if (holds(value)) return value;
    await sleep(50);
  }
  return assert.fail("it does not come to be");
}

const available = 'portcullis_part_available{part="store"}';
const lastGood = 'portcullis_part_last_good_timestamp_seconds{part="store"}';

test("a store that falls silent is told of; tokens are believed until the word of revocations is too old, and again when it answers", {
  needs: ["postgres"],
  timeout: 90_000,
}, async ({ postgres }) => {
  const { call, gate, metric, ready, store } = await begin(
    postgres,
    "onStateLoss: { staleness: 10s }",
  );
  try {
    assert.equal((await call()).status, 200);
    assert.deepEqual(await ready(), { status: 200, body: "ready\n" });
    assert.equal(await metric(available), 1);
    store.stop();
    const stoppedAt = Date.now() / 1000;
    const degraded = await until(ready, ({ body }) => body !== "ready\n");
    assert.deepEqual(degraded, {
      status: 200,
      body: "ready\ndegraded: store: no answer within 2000 ms\n",
    });
    assert.equal((await call()).status, 200, "before staleness the gate serves");
    assert.equal(await metric(available), 0);
    assert.ok((await metric(lastGood)) <= stoppedAt + 0.5);
    const refused = await until(call, ({ status }) => status !== 200);
    assert.deepEqual([refused.status, refused.code], [503, "revocations-unknown"]);
    assert.equal((await ready()).status, 200);
    assert.equal(gate.gate.said().match(/store is lost/g)?.length, 1, gate.gate.said());
    store.goOn();
    await until(call, ({ status }) => status === 200);
    assert.deepEqual(await until(ready, ({ body }) => body === "ready\n"), {
      status: 200,
      body: "ready\n",
    });
    assert.equal(await metric(available), 1);
    assert.match(gate.gate.said(), /store answers again/);
    gate.command("users", "sign-out", "ann@notes.example");
    const ended = await until(call, ({ status }) => status !== 200);
    assert.equal(ended.code, "token-revoked", "revocations are followed again");
  } finally {
    gate.close();
    await store.close();
  }
});

test("authentication: local goes on believing tokens, however long the store is silent", {
  needs: ["postgres"],
  timeout: 90_000,
}, async ({ postgres }) => {
  const { call, gate, ready, store } = await begin(
    postgres,
    "onStateLoss: { authentication: local, staleness: 10s }",
  );
  try {
    store.stop();
    await until(ready, ({ body }) => body !== "ready\n");
    await sleep(9500);
    assert.equal((await call()).status, 200);
  } finally {
    gate.close();
    await store.close();
  }
});
