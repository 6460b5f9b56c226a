import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { type EdgeGate, long, startEdgeGate } from "./edge-gate.ts";

let edge: EdgeGate;
before(async () => {
  edge = await startEdgeGate();
});
after(() => edge.close());

test("an answer leaves encoded in what the app takes, and says so", async () => {
  for (const [coding, decode] of [
    ["gzip", gunzipSync],
    ["br", brotliDecompressSync],
    ["zstd", zstdDecompressSync],
  ] as const) {
    const got = await edge.send("/long", { headers: { "Accept-Encoding": coding } });
    assert.equal(got.headers["content-encoding"], coding);
    assert.equal(got.headers["vary"], "Accept-Encoding");
    assert.deepEqual(JSON.parse(decode(got.body).toString()), long);
    assert.ok(got.body.length < 2000);
  }
  assert.equal(
    (await edge.send("/long", { headers: { "Accept-Encoding": "gzip;q=0, br;q=0.0" } })).headers[
      "content-encoding"
    ],
    undefined,
  );
  assert.equal((await edge.send("/long")).headers["content-encoding"], undefined);
});

test("an answer with a cookie is not encoded, because its length would speak of the secret", async () => {
  assert.equal(
    (await edge.send("/long?cookie=1", { headers: { "Accept-Encoding": "gzip" } })).headers[
      "content-encoding"
    ],
    undefined,
  );
});

test("a GET that has the validator is answered with 304, per coding", async () => {
  const first = await edge.send("/long");
  const tag = String(first.headers["etag"]);
  assert.match(tag, /^"[A-Za-z0-9_-]{27}"$/);
  const again = await edge.send("/long", { headers: { "If-None-Match": `"other", ${tag}` } });
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
  assert.equal(again.headers["etag"], tag);
  assert.equal(
    (await edge.send("/long", { headers: { "If-None-Match": tag, "Accept-Encoding": "gzip" } }))
      .status,
    200,
  );
  assert.equal(
    (await edge.send("/long", { method: "HEAD", headers: { "If-None-Match": tag } })).status,
    200,
  );
});
