import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "../identity/app.ts";
import { startIdentityGate } from "../identity/identity-gate.ts";
import { findPostgres, startPostgres } from "../parts/postgres.ts";
import { test } from "../parts/test.ts";

const key = Buffer.alloc(32, 9).toString("base64");
const signInsAtOnce = 24;

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
      const state = { loading: true };
      const seen = { answered: 0, cut: 0, afterwards: 0 };
      const load = Array.from({ length: signInsAtOnce }, async () => {
        while (state.loading || seen.afterwards < signInsAtOnce)
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
      const ended = new Promise((resolve) => gate.gate.process.once("exit", resolve));
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
