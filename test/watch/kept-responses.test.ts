import assert from "node:assert/strict";
import { KeptResponses } from "../../packages/server/src/control/kept-responses.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";
import { MemoryResponses } from "../../packages/server/src/watch/responses/memory-responses.ts";
import type {
  Response,
  ResponseStore,
} from "../../packages/server/src/watch/responses/response.ts";
import { test } from "../parts/test.ts";
import { forEveryStore } from "../identity/every-store.ts";

const response = (id: string, more: Partial<Response> = {}): Response => ({
  id,
  incident: "i-1",
  act: "pressure",
  key: { kind: "client", hash: 4_503_599_627_370_495 },
  named: { kind: "client", name: "abc" },
  operations: ["login"],
  control: undefined,
  switches: [],
  people: 1,
  of: 900,
  by: "detector:credentialStuffing",
  reason: "somebody tries passwords",
  createdAtMs: 1000,
  endsAtMs: 5000,
  undoneAtMs: undefined,
  undoneBy: undefined,
  ...more,
});

async function holdTo(store: ResponseStore): Promise<void> {
  const marks = new Set([await store.mark()]);
  const first = response("r-1");
  await store.add(first);
  marks.add(await store.mark());
  await store.add(response("r-2", { createdAtMs: 2000, act: "enforce", control: "ownership" }));
  marks.add(await store.mark());
  assert.deepEqual((await store.active(3000, 10))[0], first);
  assert.deepEqual(
    (await store.ofIncident("i-1")).map(({ id }) => id),
    ["r-2", "r-1"],
  );
  await store.prolong("r-1", 9000, 3000);
  marks.add(await store.mark());
  await store.prolong("r-2", 99_000, 6000);
  assert.deepEqual(
    (await store.active(6000, 10)).map(({ endsAtMs, id }) => [id, endsAtMs]),
    [["r-1", 9000]],
    "what has ended is not begun again",
  );
  const undoers = await Promise.all([
    store.undo("r-1", "eve", 7000),
    store.undo("r-1", "ann", 7000),
  ]);
  assert.equal(undoers.filter((one) => one !== undefined).length, 1, "undone once");
  marks.add(await store.mark());
  assert.equal(await store.undo("r-2", "eve", 7000), undefined, "it has ended");
  assert.deepEqual(await store.active(7000, 10), []);
  assert.equal(marks.size, 5, "every change is another mark");
  await store.removeBefore(9000);
  assert.deepEqual(
    (await store.ofIncident("i-1")).map(({ id }) => id),
    ["r-1"],
  );
}

forEveryStore((holds, store) => {
  holds("a response is kept, prolonged, taken back once and forgotten after its time", async () => {
    const sealing = createSealing([Buffer.alloc(32, 7)]);
    await holdTo(new KeptResponses(store().responses, sealing));
    await store().responses.removeBefore(Number.MAX_SAFE_INTEGER);
  });

  holds("whom a response is about cannot be read in the store, nor without its key", async () => {
    const kept = new KeptResponses(store().responses, createSealing([Buffer.alloc(32, 7)]));
    await kept.add(response("r-3"));
    const rows = await store().responses.ofIncident("i-1", 10);
    assert.doesNotMatch(JSON.stringify(rows), /4503599627370495/);
    const others = new KeptResponses(store().responses, createSealing([Buffer.alloc(32, 8)]));
    const [read] = await others.ofIncident("i-1");
    assert.deepEqual(read?.key, { kind: "everybody", hash: 0 }, "it is about nobody");
    assert.ok((await others.undo("r-3", "eve", 2000)) !== undefined, "and can be taken back");
  });
});

test("without a store a response is kept just so, as long as the program runs", { needs: [] }, () =>
  holdTo(new MemoryResponses()),
);
