import assert from "node:assert/strict";
import { test } from "node:test";
import { compileClientAddress } from "./client-address.ts";

test("forwarded fields from an untrusted peer are not read", () => {
  const address = compileClientAddress(["10.0.0.0/8"]);
  assert.equal(address("203.0.113.9", "198.51.100.1", undefined), "203.0.113.9");
  assert.equal(compileClientAddress([])("10.0.0.1", "198.51.100.1", undefined), "10.0.0.1");
});

test("from a trusted proxy, the address is the first from the right that is not a trusted proxy", () => {
  const address = compileClientAddress(["10.0.0.0/8", "fd00::/8"]);
  assert.equal(address("10.0.0.1", "198.51.100.1", undefined), "198.51.100.1");
  assert.equal(address("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.2.3.4", undefined), "198.51.100.1");
  assert.equal(address("fd00::1", "2001:db8::5", undefined), "2001:db8::5");
});

test("what a caller claims left of its own address is not believed", () => {
  assert.equal(
    compileClientAddress(["10.0.0.0/8"])("10.0.0.1", "10.9.9.9, 198.51.100.1", undefined),
    "198.51.100.1",
  );
});

test("a claim that is no address ends the reading at the proxy that passed it on", () => {
  assert.equal(compileClientAddress(["10.0.0.0/8"])("10.0.0.1", "unknown", undefined), "10.0.0.1");
});

test("one caller has one spelling, over IPv4 and IPv6 sockets", () => {
  assert.equal(compileClientAddress([])("::ffff:203.0.113.9", undefined, undefined), "203.0.113.9");
});

test("a range that is none is refused by name", () => {
  for (const entry of ["10.0.0.0/33", "ten", "10.0.0.0/x", "::1/129"])
    assert.throws(() => compileClientAddress([entry]), new RegExp(entry.replace("/", "\\/")));
});
