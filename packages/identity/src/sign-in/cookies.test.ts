import assert from "node:assert/strict";
import { test } from "node:test";
import { cookieName, readCookie, setCookie } from "./cookies.ts";

const partsOf = (value: string): string[] => value.split("; ").sort();

test("over https a cookie is this host's alone, travels encrypted, and no script reads it", () => {
  assert.deepEqual(partsOf(setCookie("https://login.example", "account", "v", 60)), [
    "HttpOnly",
    "Max-Age=60",
    "Path=/",
    "SameSite=Lax",
    "Secure",
    "__Host-account=v",
  ]);
  assert.equal(cookieName("https://login.example", "account"), "__Host-account");
});

test("on a machine without https a cookie is kept from scripts and other sites all the same", () => {
  assert.deepEqual(partsOf(setCookie("http://127.0.0.1:9", "account", "v", 60)), [
    "HttpOnly",
    "Max-Age=60",
    "Path=/",
    "SameSite=Lax",
    "account=v",
  ]);
});

test("a cookie is read by its whole name, and one that is there twice is nobody's word", () => {
  assert.equal(readCookie("a=1; account=v; b=2", "account"), "v");
  assert.equal(readCookie("account=v=w", "account"), "v=w");
  for (const header of [undefined, "", "account", "my-account=v", "account=v; account=w"])
    assert.equal(readCookie(header, "account"), undefined, String(header));
});
