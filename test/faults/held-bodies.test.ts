import assert from "node:assert/strict";
import { test } from "node:test";
import { ask as askAlone, http2Session, startSlowGate } from "./slow-gate.ts";

const json = { ":path": "/note", ":method": "POST", "content-type": "application/json" };

test("bodies that lack their last byte fill no memory, and leave room when they are gone", {
  timeout: 60_000,
}, async () => {
  const { close, gate } = await startSlowGate("heldBytes: 64MiB");
  try {
    const holders = Array.from({ length: 4 }, () => http2Session(gate));
    const body = Buffer.from(`{"a":"${"x".repeat(1_000_000)}"}`);
    const refused: string[] = [];
    for (const session of holders)
      for (let count = 0; count < 15; count += 1)
        session
          .request(json)
          .on("response", (head) => refused.push(`${head[":status"]} ${head["retry-after"]}`))
          .on("error", () => undefined)
          .resume()
          .write(body.subarray(0, -1));
    while (refused.length < 20) await new Promise((resolve) => setTimeout(resolve, 100));
    // When to come again differs, so that not all come back at once.
    for (const one of refused) assert.match(one, /^503 [1-4]$/);
    for (const session of holders) session.destroy();
    const session = http2Session(gate);
    const ask = (): Promise<number> =>
      new Promise((resolve, reject) => {
        session
          .request(json)
          .on("response", (head) => resolve(Number(head[":status"])))
          .on("error", reject)
          .resume()
          .end(body);
      });
    // That the others have gone is seen a moment later.
    let first = await ask();
    while (first === 503) first = await ask();
    assert.equal(first, 200);
    // More than there is room for, one after the other: each gives its room back.
    for (let count = 0; count < 40; count += 1) assert.equal(await ask(), 200);
    session.destroy();
  } finally {
    close();
  }
});

test("answers that are held for callers who do not read have a bound, and leave room when they are gone", {
  timeout: 60_000,
}, async () => {
  const { close, gate } = await startSlowGate("heldBytes: 8MiB");
  try {
    const holders = http2Session(gate, 0);
    const statuses = await Promise.all(
      Array.from(
        { length: 20 },
        () =>
          new Promise<string>((resolve) => {
            holders
              .request({ ":path": "/list" })
              .on("response", (head) => resolve(`${head[":status"]} ${head["retry-after"] ?? ""}`))
              .on("error", () => undefined);
          }),
      ),
    );
    // Of a megabyte each, four find room at most in what is strangers'; and none where all of them
    // have begun to fill it before one is whole.
    const held = statuses.filter((status) => status === "200 ").length;
    assert.ok(held <= 4, String(statuses));
    assert.equal(statuses.filter((status) => status === "503 1").length, 20 - held);
    holders.destroy();
    let first = await askAlone(gate, "/list");
    while (first === 503) first = await askAlone(gate, "/list");
    assert.equal(first, 200);
    for (let count = 0; count < 20; count += 1) assert.equal(await askAlone(gate, "/list"), 200);
  } finally {
    close();
  }
});
