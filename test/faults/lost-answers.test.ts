import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { openKeySource } from "../../packages/server/src/keys/key-source.ts";
import { createDecisionPoint } from "../../packages/server/src/upstream/decision-point.ts";

const servers: { close(): void }[] = [];
after(() => {
  for (const server of servers) server.close();
});

async function serving(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  servers.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (status: number, body: unknown): RequestListener => {
  return (_request, response) =>
    void response
      .writeHead(status, { "Content-Type": "application/json" })
      .end(typeof body === "string" ? body : JSON.stringify(body));
};

/** How a decision point answers, and whether it is lost then. */
const answers: Readonly<Record<string, readonly [answer: RequestListener, lost: boolean]>> = {
  yes: [json(200, { decision: true }), false],
  no: [json(200, { decision: false }), false],
  "a question it does not understand": [json(400, {}), false],
  "something that is no JSON": [json(200, "yes"), false],
  "a fault of its own": [json(500, { decision: true }), true],
  "that it is overloaded": [json(503, {}), true],
  "nothing in time": [() => undefined, true],
  "a broken connection": [(request) => void request.socket.destroy(), true],
};

for (const [what, [answer, lost]] of Object.entries(answers))
  test(`a decision point that answers ${what} is ${lost ? "lost" : "there"}`, async () => {
    const noted: (string | undefined)[] = [];
    // Whoever answers is waited for as long as a busy machine takes.
    const timeoutMs = what === "nothing in time" ? 200 : 20_000;
    const ask = createDecisionPoint(
      { form: "authzen", url: await serving(answer), timeoutMs, rememberMs: 0 } as Parameters<
        typeof createDecisionPoint
      >[0],
      undefined,
      (why) => noted.push(why),
    );
    await ask({ action: "read", id: "1", resource: "account", subject: "ann" } as Parameters<
      typeof ask
    >[0]);
    assert.deepEqual(
      noted.map((why) => why !== undefined),
      [lost],
      String(noted),
    );
  });

test("an issuer whose keys cannot be fetched again is told of as lost, and as there when they can", async () => {
  let fails = false;
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = json(200, { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one" }] });
  const issuer = await serving((request, response) =>
    fails ? void response.writeHead(503).end() : keys(request, response),
  );
  const noted: boolean[] = [];
  const source = openKeySource({
    issuer,
    jwksUri: `${issuer}/jwks`,
    onKeys: () => undefined,
    onTrouble: () => undefined,
    onFetched: (why) => noted.push(why !== undefined),
    refreshMs: 20,
    leastPauseMs: 0,
  });
  const until = async (lost: boolean): Promise<void> => {
    for (let tries = 0; noted.at(-1) !== lost; tries += 1) {
      assert.ok(tries < 500, String(noted));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await until(false);
  fails = true;
  await until(true);
  fails = false;
  await until(false);
  source.close();
});
