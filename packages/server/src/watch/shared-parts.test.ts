import assert from "node:assert/strict";
import { test } from "node:test";
import { partsText, SharedParts } from "./shared-parts.ts";

function opened(): { parts: SharedParts; said: string[] } {
  const said: string[] = [];
  return { parts: new SharedParts((message) => said.push(message)), said };
}

test("a part that each thread reaches by itself is lost while any of them says so, and is told of once", () => {
  const { parts, said } = opened();
  for (const thread of ["1", "2", "3"]) parts.note("redis", thread, undefined);
  assert.equal(parts.all(["redis"])[0]?.lost, undefined);
  parts.note("redis", "1", "no answer");
  parts.note("redis", "2", "no answer");
  parts.note("redis", "1", undefined);
  assert.equal(parts.all(["redis"])[0]?.lost, "no answer");
  assert.equal(said.length, 1);
  parts.note("redis", "2", undefined);
  assert.equal(parts.all(["redis"])[0]?.lost, undefined);
  assert.deepEqual(said.at(-1), "redis answers again");
  assert.equal(said.length, 2);
});

test("a thread that has ended keeps no part lost", () => {
  const { parts } = opened();
  parts.note("redis", "1", "no answer");
  parts.note("redis", "2", undefined);
  parts.forget("1");
  assert.equal(parts.all(["redis"])[0]?.lost, undefined);
});

test("the last good moment of a lost part is before its loss, and a part that never was good has none", () => {
  const { parts } = opened();
  parts.note("store", "control", undefined);
  const good = parts.all(["store"])[0]?.lastGoodMs;
  assert.ok(good !== undefined);
  parts.note("store", "control", "away");
  parts.note("store", "control", "still away");
  assert.equal(parts.all(["store"])[0]?.lastGoodMs, good);
  parts.note("issuer-keys", "control", "away");
  const text = partsText(parts.all(["store", "issuer-keys"]));
  assert.match(text, /^portcullis_part_available\{part="issuer-keys"\} 0$/m);
  assert.match(text, /^portcullis_part_last_good_timestamp_seconds\{part="store"\} \d+/m);
  assert.doesNotMatch(text, /last_good_timestamp_seconds\{part="issuer-keys"\}/);
});

test("what is opened at the start and was not heard of is not available; what is only asked now and then is left out", () => {
  const { parts } = opened();
  assert.deepEqual(
    parts.all(["redis", "store", "decisions:sharing"]).map(({ part }) => part),
    ["redis", "store"],
  );
  assert.ok(parts.all(["redis"])[0]?.lost !== undefined);
  parts.note("decisions:sharing", "gates", "no answer within 200 ms");
  assert.equal(parts.all(["decisions:sharing"])[0]?.lost, "no answer within 200 ms");
  assert.equal(
    parts.all([]).length,
    0,
    "what the policy does not name any longer is not spoken of",
  );
});
