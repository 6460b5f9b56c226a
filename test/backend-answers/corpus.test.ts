import assert from "node:assert/strict";
import { test } from "node:test";
import { corpus } from "./corpus.ts";
import { readPieces, readWhole } from "./read-raw.ts";

/** Longer ones are cut at the places below this, and at some above. */
const mostCuts = 400;

test("each of at least 1,500 raw answers is read as its row says", () => {
  assert.ok(corpus.length >= 1500, `${corpus.length} rows`);
  assert.equal(new Set(corpus.map(({ what }) => what)).size, corpus.length, "rows of one name");
  for (const row of corpus) assert.deepEqual(readWhole(row), row.verdict, row.what);
});

test("an answer cut in two anywhere is read as the whole one", () => {
  for (const { bytes, method, verdict, what } of corpus) {
    const expected = { isHead: method === "HEAD", mayUpgrade: false };
    for (let at = 0; at <= Math.min(bytes.length, mostCuts); at += 1) {
      const read = readPieces([bytes.subarray(0, at), bytes.subarray(at)], expected);
      assert.deepEqual(read, verdict, `${what}, cut at ${at}`);
    }
  }
});

test("an answer that comes byte by byte is read as the whole one", () => {
  for (const { bytes, method, verdict, what } of corpus) {
    if (bytes.length > 20_000) continue;
    const pieces = Array.from(bytes, (byte) => Buffer.from([byte]));
    const expected = { isHead: method === "HEAD", mayUpgrade: false };
    assert.deepEqual(readPieces(pieces, expected), verdict, what);
  }
});
