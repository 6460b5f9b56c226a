import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";
import { type Send, sender } from "../../examples/harbour/send.ts";
import { run } from "../../packages/server/src/cli/run.ts";
import { test } from "../parts/test.ts";

test(
  "two gates that share Redis count as one, and what one gives back is given back at both",
  { needs: ["redis"] },
  async ({ redis }, context) => {
    const directory = mkdtempSync(join(tmpdir(), "portcullis-shared-limits-"));
    const backend = createServer((_request, response) =>
      response.writeHead(200, { "Content-Type": "application/json" }).end("{}"),
    ).listen(0, "127.0.0.1");
    context.after(() => {
      backend.closeAllConnections();
      backend.close();
    });
    await new Promise((resolve) => backend.once("listening", resolve));
    writeFileSync(
      join(directory, "openapi.yaml"),
      `openapi: 3.1.0
info: { title: Shared, version: "1" }
security: []
paths:
  /things: { get: { operationId: list, responses: { "200": { description: ok } } } }
  /warm: { get: { operationId: warm, responses: { "200": { description: ok } } } }
`,
    );
    writeFileSync(
      join(directory, "portcullis.yaml"),
      `portcullis: 1
mode: enforce
state: "${redis}"
apis: [{ openapi: ./openapi.yaml, upstream: "http://127.0.0.1:${(backend.address() as AddressInfo).port}" }]
operations:
  - { match: list, limits: [{ rate: 5/hour, per: address }] }
  - { match: warm, limits: [{ rate: 1000/hour, per: address }] }
`,
    );
    const limitsOf = async (name: string, ...words: readonly string[]): Promise<unknown> => {
      const said: string[] = [];
      const say = (text: string): void => void said.push(text);
      const at = [
        `--directory=${join(directory, name)}`,
        `--admin=http://127.0.0.1:${ports[name]}`,
      ];
      const exitCode = await run(["limits", ...words, "--json", ...at], { out: say, error: say });
      assert.equal(exitCode, 0, said.join());
      return JSON.parse(said.join());
    };
    const ports: Record<string, number> = {};
    const start = async (name: string): Promise<Send> => {
      const gate: StartedGate = await startGate(
        [
          "--config",
          join(directory, "portcullis.yaml"),
          "--port",
          "0",
          "--admin-port",
          "0",
          "--threads",
          "1",
        ],
        join(directory, name),
      );
      context.after(() => gate.process.kill("SIGKILL"));
      ports[name] = gate.adminPort;
      return sender(`https://localhost:${gate.port}`, { ca: gate.ca });
    };
    const [one, two] = [await start("one"), await start("two")];
    // A gate counts alone until it is connected.
    const left = async (send: Send): Promise<number> =>
      Number(/;r=(\d+)/.exec(String((await send("GET", "/warm")).headers["ratelimit"]))?.[1]);
    for (let tries = 0; (await left(one)) - (await left(two)) !== 1; tries += 1) {
      assert.ok(tries < 100, "the gates do not count together");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const statuses: number[] = [];
    for (let count = 0; count < 8; count += 1)
      statuses.push((await (count % 2 === 0 ? one : two)("GET", "/things")).status);
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
    // A gate that has just found Redis tells it what it remembers, and so may bring back what was given.
    for (let tries = 0; ; tries += 1) {
      const { limits } = (await limitsOf("one", "give", "address:127.0.0.1")) as {
        limits: readonly { readonly limit: string; readonly given: boolean }[];
      };
      assert.deepEqual(
        limits.map(({ given, limit }) => [limit, given]),
        [
          ["1.1", true],
          ["2.1", true],
        ],
      );
      if ((await two("GET", "/things")).status === 200) break;
      assert.ok(tries < 100, "the other gate was given nothing back");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (let count = 1; count < 6; count += 1)
      assert.equal((await two("GET", "/things")).status, count < 5 ? 200 : 429);
    type Top = { readonly items: readonly { readonly who: string; readonly held: number }[] };
    const heldAt = async (): Promise<number> =>
      ((await limitsOf("two", "top", "--by=operation")) as Top).items.find(
        ({ who }) => who === "list",
      )?.held ?? 0;
    for (let tries = 0; (await heldAt()) < 2; tries += 1) {
      assert.ok(tries < 100, "what was refused is not told of");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
);
