import assert from "node:assert/strict";
import { test } from "node:test";
import { compileClientAddresses } from "./client-address.ts";

const addressWith =
  (trustedProxies: readonly string[]) =>
  (peerAddress: string, forwardedFor: string | undefined): string => {
    const addresses = compileClientAddresses(trustedProxies);
    return addresses.clientOf(addresses.peerOf(peerAddress), forwardedFor);
  };

test("forwarded fields from an untrusted peer are not read", () => {
  assert.equal(addressWith(["10.0.0.0/8"])("203.0.113.9", "198.51.100.1"), "203.0.113.9");
  assert.equal(addressWith([])("10.0.0.1", "198.51.100.1"), "10.0.0.1");
});

test("from a trusted proxy, the address is the first from the right that is not a trusted proxy", () => {
  const address = addressWith(["10.0.0.0/8", "fd00::/8"]);
  assert.equal(address("10.0.0.1", "198.51.100.1"), "198.51.100.1");
  assert.equal(address("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.2.3.4"), "198.51.100.1");
  assert.equal(address("fd00::1", "2001:db8::5"), "2001:db8::5");
});

test("what a caller claims left of its own address is not believed", () => {
  assert.equal(addressWith(["10.0.0.0/8"])("10.0.0.1", "10.9.9.9, 198.51.100.1"), "198.51.100.1");
});

test("a claim that is no address ends the reading at the proxy that passed it on", () => {
  assert.equal(addressWith(["10.0.0.0/8"])("10.0.0.1", "unknown"), "10.0.0.1");
});

/** Each line is one address, in every spelling that a socket or a proxy may give it. */
const spellings: readonly (readonly string[])[] = [
  [
    "9.9.9.9",
    "9.9.9.9:1234",
    "::ffff:9.9.9.9",
    "::FFFF:9.9.9.9",
    "::ffff:0909:0909",
    "::ffff:909:909",
    "0:0:0:0:0:ffff:0909:0909",
    "0000:0000:0000:0000:0000:FFFF:9.9.9.9",
    "[::ffff:9.9.9.9]",
    "[::ffff:0909:0909]:443",
  ],
  [
    "2001:db8::1",
    "2001:DB8::1",
    "2001:0db8:0000:0000:0000:0000:0000:0001",
    "2001:db8:0:0:0:0:0:1",
    "2001:db8::0:1",
    "[2001:db8::1]",
    "[2001:DB8::1]:65535",
    "2001:db8::1%eth0",
  ],
];

test("one caller has one spelling, over IPv4 and IPv6 sockets and from every proxy", () => {
  const address = addressWith(["10.0.0.0/8"]);
  for (const [canonical, ...others] of spellings)
    for (const other of [canonical as string, ...others]) {
      assert.equal(address("10.0.0.1", other), canonical, other);
      assert.equal(address("::ffff:10.0.0.1", ` ${other} `), canonical, other);
      assert.equal(address(other, undefined), canonical, other);
    }
});

test("a proxy is known in every spelling of its address", () => {
  const address = addressWith(["10.1.2.3", "2001:db8::/32", "::ffff:192.0.2.0/120"]);
  for (const proxy of [
    "10.1.2.3",
    "::ffff:10.1.2.3",
    "::ffff:0a01:0203",
    "2001:DB8:0:0::9",
    "192.0.2.200",
  ])
    assert.equal(address(proxy, "198.51.100.1"), "198.51.100.1", proxy);
  assert.equal(address("192.0.3.1", "198.51.100.1"), "192.0.3.1");
});

test("a range that is none, that holds everybody, or that can be meant in two ways is refused by name", () => {
  for (const entry of [
    "10.0.0.0/33",
    "ten",
    "10.0.0.0/x",
    "::1/129",
    "10.0.0.0/",
    "0.0.0.0/0",
    "::/0",
    "::ffff:10.0.0.0/8",
    "::ffff:0:0/96",
    "::ffff:0:0/80",
    "::/64",
    "::/3",
    "10.1.2.3/8",
    "2001:db8::1/32",
  ])
    assert.throws(
      () => compileClientAddresses([entry]),
      ({ message }: Error) => message.includes(`'${entry}'`),
      entry,
    );
});

test("a range that holds some is understood, whatever family it is written in", () => {
  for (const entry of [
    "10.0.0.0/8",
    "10.1.2.3",
    "10.1.2.3/32",
    "128.0.0.0/1",
    "::1",
    "2000::/3",
    "fd00::/8",
    "::ffff:10.0.0.0/104",
  ])
    assert.doesNotThrow(() => compileClientAddresses([entry]), entry);
});
