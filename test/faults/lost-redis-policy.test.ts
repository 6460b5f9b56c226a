import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { App } from "../identity/app.ts";
import { startIdentityGate } from "../identity/identity-gate.ts";
import { test } from "../parts/test.ts";

/** What a request with a bound token, at a limited operation, gets while Redis is silent. */
const words: Readonly<Record<string, readonly [status: number, code: string | undefined]>> = {
  "": [503, "proof-memory-lost"],
  "onStateLoss: { limit: local, binding: deny }": [503, "proof-memory-lost"],
  "onStateLoss: { binding: local }": [200, undefined],
  "onStateLoss: { binding: local, limit: deny }": [503, "limit-unknown"],
};

for (const [onStateLoss, wanted] of Object.entries(words))
  test(`while Redis is silent the gate is ready and does what the policy says: ${onStateLoss || "nothing"}`, {
    needs: ["ownRedis"],
    timeout: 60_000,
  }, async ({ ownRedis }) => {
    const gate = await startIdentityGate({
      threads: 2,
      change: (policy) =>
        `${policy}  - { match: listNotes, limits: [{ rate: 1000/hour, per: user }] }
state: "${ownRedis.url}"
${onStateLoss}
`,
    });
    const admin = async (path: string): Promise<string> => {
      const answer = await fetch(`http://127.0.0.1:${gate.gate.adminPort}${path}`);
      assert.equal(answer.status, 200);
      return answer.text();
    };
    const readyWhen = async (body: string): Promise<void> => {
      for (let tries = 0; (await admin("/readyz")) !== body; tries += 1) {
        assert.ok(tries < 200, await admin("/readyz"));
        await sleep(50);
      }
    };
    try {
      gate.addUser("ann@notes.example", "--role", "member");
      const app = await new App(gate).begin();
      const tokens = await app.signIn("ann@notes.example");
      await readyWhen("ready\n");
      assert.equal((await app.call("/notes", tokens)).status, 200);
      process.kill(ownRedis.pid, "SIGSTOP");
      // Whoever comes first at a thread finds out.
      for (let count = 0; count < 20; count += 1) {
        const { code, status } = await app.call("/notes", tokens);
        assert.deepEqual([status, code], wanted);
      }
      await readyWhen("ready\ndegraded: redis: no answer within 100 ms\n");
      assert.match(await admin("/metrics"), /^portcullis_part_available\{part="redis"\} 0$/m);
      process.kill(ownRedis.pid, "SIGCONT");
      await readyWhen("ready\n");
      assert.match(await admin("/metrics"), /^portcullis_part_available\{part="redis"\} 1$/m);
      assert.equal((await app.call("/notes", tokens)).status, 200);
      assert.equal(gate.gate.said().match(/redis is lost/g)?.length, 1, gate.gate.said());
      assert.equal(gate.gate.said().match(/redis answers again/g)?.length, 1);
    } finally {
      gate.close();
    }
  });
