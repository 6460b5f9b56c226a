import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "../identity/app.ts";
import { freshDatabase } from "../identity/fresh-database.ts";
import { startIdentityGate } from "../identity/identity-gate.ts";
import { findPostgres, startPostgres } from "../parts/postgres.ts";
import { test } from "../parts/test.ts";

const key = Buffer.alloc(32, 9).toString("base64");
const signInsAtOnce = 24;
/** What `up` lets requests in flight take, and the two seconds that the rest may. */
const mostMs = 5000 + 10_000 + 2000;

/** Between the gate and its database: what becomes of the network when it falls silent. */
async function silencingProxy(
  url: string,
): Promise<{ readonly url: string; silence(): void; close(): void }> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((one) => {
    const other = connect(Number(port), hostname);
    for (const socket of [one, other]) {
      sockets.add(socket);
      socket.on("error", () => [one, other].forEach((each) => each.destroy()));
    }
    one.pipe(other).pipe(one);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = new URL(url);
  own.port = String((server.address() as AddressInfo).port);
  return {
    url: own.href,
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test("SIGTERM ends the program in time while PostgreSQL is silent and sign-ins wait for it", {
  needs: ["postgres"],
  timeout: 120_000,
}, async ({ postgres }) => {
  const proxy = await silencingProxy(await freshDatabase(postgres));
  const gate = await startIdentityGate({
    environment: { PORTCULLIS_KEY: key },
    change: (policy) => policy.replace("./state/portcullis.db", proxy.url),
  });
  try {
    const app = await new App(gate).begin();
    const { url } = await app.authorizationUrl();
    assert.equal((await gate.fetch(url)).status, 303);
    proxy.silence();
    const waiting = Array.from({ length: signInsAtOnce }, () =>
      gate.fetch(url).then(
        () => "answered",
        () => "cut",
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ended = once(gate.gate.process, "exit").then(() => "ended");
    gate.gate.process.kill("SIGTERM");
    const late = new Promise((resolve) => setTimeout(resolve, mostMs, "still there").unref());
    assert.equal(await Promise.race([ended, late]), "ended", gate.gate.said());
    await Promise.all(waiting);
  } finally {
    gate.close();
    proxy.close();
  }
});

test(
  "PostgreSQL shut down under load ends nothing: who is signed in is served, and every waiting sign-in is answered",
  {
    needs: ["postgres"],
    timeout: 120_000,
  },
  async (_parts, context) => {
    // A server of this test's own: it is shut down.
    const found = findPostgres();
    if ("missing" in found) {
      context.skip(`PostgreSQL ${found.missing}`);
      return;
    }
    const folder = join(tmpdir(), `portcullis-postgres-${process.pid}`);
    const server = await startPostgres(found.place, folder);
    const gate = await startIdentityGate({
      environment: { PORTCULLIS_KEY: key },
      change: (policy) => policy.replace("./state/portcullis.db", server.url),
    });
    try {
      gate.addUser("ann@notes.example", "--role", "member");
      const app = await new App(gate).begin();
      const tokens = await app.signIn("ann@notes.example");
      const { url } = await app.authorizationUrl();
      const state = { loading: true, over: false };
      const seen = { answered: 0, cut: 0, afterwards: 0 };
      const load = Array.from({ length: signInsAtOnce }, async () => {
        while (!state.over && (state.loading || seen.afterwards < signInsAtOnce))
          await gate.fetch(url).then(
            async (answer) => {
              await answer.text();
              seen.answered += 1;
              if (!state.loading) seen.afterwards += 1;
            },
            () => void (seen.cut += 1),
          );
      });
      while (seen.answered < 200) await new Promise((resolve) => setTimeout(resolve, 20));
      const ended = once(gate.gate.process, "exit").then(() => (state.over = true));
      await server.close();
      state.loading = false;
      assert.equal(
        await Promise.race([Promise.all(load).then(() => "answered"), ended.then(() => "ended")]),
        "answered",
        gate.gate.said(),
      );
      assert.equal(seen.cut, 0);
      assert.equal((await app.call("/notes", tokens)).status, 200);
      const metrics = await (await fetch(`http://127.0.0.1:${gate.gate.adminPort}/metrics`)).text();
      assert.equal(/^portcullis_faults_total\{part="control"\} (\d+)$/m.exec(metrics)?.[1], "0");
    } finally {
      gate.close();
      await server.close();
    }
  },
);
