import assert from "node:assert/strict";
import { test } from "node:test";
import { redirectFault } from "./redirect-uri.ts";

type Kind = "native" | "web";

const mayGo = (kind: Kind, uri: string): boolean => redirectFault(uri, kind) === undefined;

test("an app is sent back by https, to the device itself, or by a scheme of its own domain", () => {
  for (const uri of [
    "https://app.example.com/signed-in",
    "http://127.0.0.1/signed-in",
    "http://[::1]:7000/signed-in",
    "http://localhost:3000/",
    "com.example.app:/signed-in",
  ])
    assert.ok(mayGo("native", uri), uri);
  assert.ok(mayGo("web", "https://app.example.com/signed-in"));
});

test("no code is sent to an address that others can read, claim, or make fit", () => {
  for (const uri of [
    "",
    "/signed-in",
    "http://app.example.com/signed-in",
    "http://localhost.example.com/signed-in",
    "http://127.0.0.1.example.com/signed-in",
    "https://*.example.com/signed-in",
    "https://app.example.com/*",
    "https://app.example.com/signed-in#here",
    "https://user@app.example.com/signed-in",
    "https://user:word@app.example.com/signed-in",
    "myapp:/signed-in",
    "javascript:alert(1)",
  ])
    for (const kind of ["native", "web"] as const)
      assert.equal(mayGo(kind, uri), false, `${kind} ${uri}`);
  assert.equal(mayGo("web", "com.example.app:/signed-in"), false);
});
