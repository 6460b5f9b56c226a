import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateSharedStages } from "@portcullis/guard/state";
import type { Connection } from "./connection.ts";
import { KnownPeers } from "./known-peers.ts";
import { Places } from "./places.ts";

const minute = 60_000;
const bounds = { most: 20, mostStrangers: 15, perAddress: 100, perNetwork: 100 };

/** Places of a thread, and who has been told to go. */
function places(known: readonly string[]) {
  const shared = allocateSharedStages(1024, [1, 2]);
  const peers = new KnownPeers(shared, () => 0);
  for (const address of known) peers.note(address);
  const all = new Places(bounds, () => false, peers);
  const gone: string[] = [];
  const come = (address: string, isIdle: boolean): Connection | undefined => {
    const connection = {
      raw: { remoteAddress: address },
      isIdle,
      destroy: () => gone.push(address),
    } as unknown as Connection;
    if (!all.take(connection)) return undefined;
    if (!isIdle) all.isBusy(connection);
    return connection;
  };
  return { all, come, gone, peers };
}

test("a flood of strangers who are busy never takes the last places", () => {
  const { come } = places(["198.51.100.7"]);
  const strangers = Array.from({ length: 50 }, (_, index) => come(`203.0.113.${index}`, false));
  assert.equal(strangers.filter((one) => one !== undefined).length, 15);
  const known = Array.from({ length: 8 }, () => come("198.51.100.7", false));
  assert.equal(known.filter((one) => one !== undefined).length, 5);
});

test("a flood of strangers who are idle makes room among themselves, and known callers stay", () => {
  const { come, gone } = places(["198.51.100.7"]);
  for (let count = 0; count < 5; count += 1) come("198.51.100.7", true);
  for (let index = 0; index < 100; index += 1)
    assert.ok(come(`203.0.113.${index}`, true) !== undefined);
  assert.ok(!gone.includes("198.51.100.7"));
  assert.equal(gone.length, 85);
  assert.ok(come("198.51.100.7", true) !== undefined, "a stranger makes room for a known one");
  assert.ok(!gone.includes("198.51.100.7"));
});

test("connections over which somebody has signed in are no strangers' any longer", () => {
  const { all, come, gone, peers } = places([]);
  for (let count = 0; count < 10; count += 1) come("198.51.100.7", true);
  assert.ok(peers.note("198.51.100.7"));
  all.know("198.51.100.7");
  for (let index = 0; index < 50; index += 1) come(`203.0.113.${index}`, true);
  assert.ok(!gone.includes("198.51.100.7"));
});

test("who has signed in is known to all threads for ten minutes and more, and not for ever", () => {
  let now = 9 * minute;
  const shared = allocateSharedStages(1024, [1, 2]);
  const [one, other] = [new KnownPeers(shared, () => now), new KnownPeers(shared, () => now)];
  assert.ok(one.note("2001:db8:0:7::1"));
  assert.ok(!one.note("2001:db8:0:7::1"));
  assert.ok(other.has("2001:db8:0:7::99"), "the network of 64 bits is one customer's");
  assert.ok(!other.has("2001:db8:0:8::1"));
  now += 10 * minute;
  assert.ok(other.has("2001:db8:0:7::1"));
  now += 10 * minute;
  assert.ok(!other.has("2001:db8:0:7::1"));
});
