import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { main, startGate } from "../../examples/harbour/gate.ts";
import { send } from "../vulnerable/client.ts";

test("a command closes an operation on every thread, over a kill of the program, until it is undone", async (context) => {
  const backend = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
  await once(backend, "listening");
  context.after(() => backend.close());
  const folder = mkdtempSync(join(tmpdir(), "portcullis-switches-"));
  writeFileSync(
    join(folder, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: Things, version: v1 }
security: []
paths: { /things: { get: { operationId: listThings, responses: { "200": { description: ok } } } } }
`,
  );
  const policy = join(folder, "portcullis.yaml");
  writeFileSync(
    policy,
    `portcullis: 1
store: ./kept.db
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${(backend.address() as AddressInfo).port}" }]
`,
  );
  const state = join(folder, "state");
  const start = () =>
    startGate(["--config", policy, ..."--port 0 --admin-port 0 --threads 2".split(" ")], state);
  let gate = await start();
  context.after(() => gate.process.kill("SIGKILL"));
  const ask = async (): Promise<number> =>
    (await send({ url: `https://localhost:${gate.port}`, ca: gate.ca }, { at: "GET /things" }))
      .status;
  /** Many connections, so that every thread is asked. */
  const becomes = async (wanted: number): Promise<void> => {
    for (const until = performance.now() + 20_000; ; await sleep(50)) {
      const statuses = new Set(await Promise.all(Array.from({ length: 16 }, ask)));
      if (statuses.size === 1 && statuses.has(wanted)) return;
      assert.ok(performance.now() < until, `${[...statuses].join()} in place of ${wanted}`);
    }
  };
  const command = (...words: string[]): string => {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning", main].concat(
        "switch",
        words,
        ["--config", policy, "--directory", state],
      ),
      { encoding: "utf8" },
    );
    assert.equal(status, words.includes("--why") || words[0] !== "listThings" ? 0 : 2, stderr);
    return stdout + stderr;
  };
  await becomes(200);
  assert.match(command("listThings", "off"), /--why is missing.*For example: portcullis switch/s);
  const thrown = command("listThings", "off", "--why", "it leaks");
  assert.match(thrown, /listThings is switched off\. It holds on every thread within a second/);
  const [, id = ""] = /portcullis switch undo (\S+)/.exec(thrown) ?? [];
  await becomes(503);
  const ended = once(gate.process, "exit");
  gate.process.kill("SIGKILL");
  await ended;
  gate = await start();
  assert.match(gate.said(), /1 switch holds over the policy/);
  await becomes(503);
  assert.match(command("list"), new RegExp(`${id} .*listThings is switched off.*it leaks`));
  assert.match(command("undo", id), /Undone: listThings is switched off\. What held before/);
  await becomes(200);
});
