import assert from "node:assert/strict";
import { test } from "node:test";
import { hostileTexts } from "../text/hostile-texts.ts";
import { readAddress, writeAddress } from "./address.ts";
import { moved, readRange, spanOf, stepFor } from "./range.ts";

const nowMs = Date.parse("2026-11-22T10:00:30Z");
const read = (address: string) => readAddress(new URL(address, "http://localhost"));

test("an address that is written is read as the same view", () => {
  for (const address of [
    "/",
    "/incidents/i-3f9c",
    "/live?range=7d&app=harbour-ios&version=3.4.1&filter=op:getAccount+status:404",
    "/operations/get%2Fodd%20name?step=enforce",
    "/?range=2026-11-20T10:00Z..2026-11-20T12:00Z",
  ])
    assert.deepEqual(read(writeAddress(read(address))), read(address), address);
});

test("whatever somebody writes into an address, it leads to a view of this console and to no other place", () => {
  for (const { text } of hostileTexts) {
    const value = encodeURIComponent(text.toWellFormed());
    const at = read(`/live?range=${value}&filter=${value}&app=${value}&${value}=1`);
    assert.equal(at.range, "24h");
    assert.ok(at.filter.length <= 500);
    const written = writeAddress(at, { path: "/incidents" });
    assert.equal(new URL(written, "http://localhost").host, "localhost");
    assert.ok(written.startsWith("/incidents"));
  }
  assert.equal(writeAddress(read("//evil.example/x")).startsWith("//"), false);
  assert.deepEqual(read("/%zz").parts, ["%zz"]);
});

test("a page's own words go when the page does; range and app stay", () => {
  const at = read("/live?range=6h&app=a&filter=x&open=1");
  assert.equal(writeAddress(at, { path: "/incidents" }), "/incidents?range=6h&app=a");
  assert.equal(writeAddress(at, { app: undefined }), "/live?range=6h&filter=x&open=1");
});

test("a range that is none, runs backwards or takes years is the usual one", () => {
  for (const text of [
    null,
    "",
    "9y",
    "a..b",
    "2026-01-02T00:00Z..2026-01-01T00:00Z",
    "1970-01-01T00:00Z..2026-01-01T00:00Z",
  ])
    assert.equal(readRange(text), "24h");
});

test("steps are as fine as counts are kept", () => {
  assert.equal(stepFor(spanOf("1h", nowMs), nowMs), "minute");
  assert.equal(stepFor(spanOf("24h", nowMs), nowMs), "hour");
  assert.equal(stepFor(spanOf("30d", nowMs), nowMs), "day");
  const old = { fromMs: nowMs - 5 * 86_400_000, toMs: nowMs - 5 * 86_400_000 + 3_600_000 };
  assert.equal(stepFor(old, nowMs), "hour");
});

test("an hour later than now is no time to look at", () => {
  const at = moved("24h", 1, nowMs);
  assert.ok(spanOf(at, nowMs).toMs <= nowMs + 60_000);
  const earlier = spanOf(moved("24h", -1, nowMs), nowMs);
  assert.equal(earlier.toMs, spanOf("24h", nowMs).toMs - 3_600_000);
});
