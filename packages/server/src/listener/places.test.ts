import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListenerBounds } from "./bounds.ts";
import type { Connection } from "./connection.ts";
import { Places } from "./places.ts";

const bounds = { most: 8, mostStrangers: 8, perAddress: 3, perNetwork: 4 } as ListenerBounds;
const proxy = "10.0.0.9";

interface Stood {
  readonly connection: Connection;
  readonly isGone: () => boolean;
}

/** What of a connection is looked at here. */
function connectionOf(remoteAddress: string, isIdle: boolean): Stood {
  let gone = false;
  const connection = {
    raw: { remoteAddress },
    isIdle,
    destroy: () => (gone = true),
  } as unknown as Connection;
  return { connection, isGone: () => gone };
}

const placesFor = (): Places =>
  new Places(bounds, (address) => address === proxy, { has: () => false });

/** Connections from these addresses, all of them busy. @returns which of them were taken */
function taken(places: Places, addresses: readonly string[]): boolean[] {
  return addresses.map((address) => {
    const { connection } = connectionOf(address, false);
    const isTaken = places.take(connection);
    places.isBusy(connection);
    return isTaken;
  });
}

test("one address has as many connections as is said, and the next address has its own", () => {
  const places = placesFor();
  assert.deepEqual(taken(places, Array(4).fill("192.0.2.1")), [true, true, true, false]);
  assert.deepEqual(taken(places, ["192.0.2.2", "::ffff:192.0.2.1"]), [true, false]);
});

test("the addresses of one IPv6 network count together, and another network's do not", () => {
  const places = placesFor();
  const network = ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:f::3", "2001:db8:0:1::4"];
  assert.deepEqual(taken(places, network), [true, true, true, true]);
  assert.deepEqual(taken(places, ["2001:db8:0:1:a:b:c:d", "2001:db8:0:2::1"]), [false, true]);
});

test("all together have as many as is said", () => {
  const addresses = Array.from({ length: 9 }, (_, index) => `192.0.2.${index}`);
  assert.deepEqual(taken(placesFor(), addresses), [...Array<boolean>(8).fill(true), false]);
});

test("who has asked nothing for the longest time makes room, and nobody's request is cut off", () => {
  const places = placesFor();
  const busy = connectionOf("192.0.2.1", false);
  const [first, second] = [connectionOf("192.0.2.1", true), connectionOf("192.0.2.1", true)];
  for (const { connection } of [busy, first, second]) assert.ok(places.take(connection));
  places.isBusy(busy.connection);
  assert.deepEqual(taken(places, ["192.0.2.1", "192.0.2.1", "192.0.2.1"]), [true, true, false]);
  assert.deepEqual([busy.isGone(), first.isGone(), second.isGone()], [false, true, true]);
});

test("a connection that has left makes room", () => {
  const places = placesFor();
  const stood = Array.from({ length: 3 }, () => connectionOf("192.0.2.1", false));
  for (const { connection } of stood) assert.ok(places.take(connection));
  assert.deepEqual(taken(places, ["192.0.2.1"]), [false]);
  places.leave((stood[0] as Stood).connection);
  assert.deepEqual(taken(places, ["192.0.2.1", "192.0.2.1"]), [true, false]);
});

test("a proxy that is trusted brings as many connections as it likes", () => {
  assert.ok(taken(placesFor(), Array(50).fill(proxy)).every(Boolean));
});
