import assert from "node:assert/strict";
import { test } from "node:test";
import { raceKeepAlive } from "./race-keep-alive.ts";

test("a backend that closes kept connections whenever it likes costs no request that may be sent twice", async () => {
  const seed = Number(process.env["PORTCULLIS_TEST_SEED"] ?? 1);
  assert.deepEqual(await raceKeepAlive(10_000, seed), { "200": 10_000 }, `seed ${seed}`);
});
