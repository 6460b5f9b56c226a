import assert from "node:assert/strict";
import { test } from "node:test";
import { readProxyHeader } from "./proxy-header.ts";

const signature = "0d0a0d0a000d0a515549540a";
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const overIpv4 = hex(`${signature} 21 11 000c c6336407 0a000001 e000 01bb`);
const overIpv6 = hex(
  `${signature} 21 21 0024 20010db8000000000000000000000007 20010db8000000000000000000000001 e000 01bb`,
);

test("a header names whom the proxy speaks for, and how many bytes are its own", () => {
  assert.deepEqual(readProxyHeader(overIpv4), { length: 28, address: "198.51.100.7" });
  assert.deepEqual(readProxyHeader(Buffer.concat([overIpv4, Buffer.from("GET / HTTP/1.1")])), {
    length: 28,
    address: "198.51.100.7",
  });
  assert.deepEqual(readProxyHeader(overIpv6), { length: 52, address: "2001:db8:0:0:0:0:0:7" });
});

test("fields behind the addresses are passed over", () => {
  const withFields = hex(`${signature} 21 11 0013 c6336407 0a000001 e000 01bb 04 0004 00000000`);
  assert.deepEqual(readProxyHeader(withFields), { length: 35, address: "198.51.100.7" });
});

test("a proxy that speaks for itself, or for no address, names nobody", () => {
  for (const header of [
    "20 00 0000",
    "20 11 000c c6336407 0a000001 e000 01bb",
    "21 00 0000",
    `21 31 00d8 ${"00".repeat(216)}`,
  ])
    assert.deepEqual(
      readProxyHeader(hex(signature + header)),
      { length: 16 + hex(header).readUInt16BE(2), address: undefined },
      header,
    );
});

test("a header of which only a part has come is waited for, at every length", () => {
  for (const whole of [overIpv4, overIpv6])
    for (let length = 0; length < whole.length; length += 1)
      assert.equal(readProxyHeader(whole.subarray(0, length)), "incomplete", String(length));
});

test("whatever else begins a connection is refused at the first byte that tells", () => {
  for (const bytes of [
    Buffer.from("GET / HTTP/1.1\r\n"),
    Buffer.from("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"),
    hex("160301"),
    hex(signature.replace("0a515549", "0a515548")),
    // Version 1, an unknown command, a datagram, an unknown family, too short for its addresses.
    hex(`${signature} 11 11 000c c6336407 0a000001 e000 01bb`),
    hex(`${signature} 22 11 000c c6336407 0a000001 e000 01bb`),
    hex(`${signature} 21 12 000c c6336407 0a000001 e000 01bb`),
    hex(`${signature} 21 41 000c c6336407 0a000001 e000 01bb`),
    hex(`${signature} 21 11 0008 c6336407 0a000001`),
    hex(`${signature} 21 21 000c c6336407 0a000001 e000 01bb`),
    // Longer than any proxy has to say.
    hex(`${signature} 21 11 ffff`),
  ])
    assert.equal(readProxyHeader(bytes), "malformed", bytes.toString("hex"));
});
