import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimeFault } from "../../bin/runtime-version.js";

test("a Node whose parser can be made to smuggle is refused, with what to install", () => {
  for (const version of [
    "v20.20.2",
    "v22.23.0",
    "v24.18.0",
    "v24.9.9",
    "v25.9.0",
    "v26.5.0",
    "v26.0.0",
  ])
    assert.match(runtimeFault(version) ?? "", /needs Node 24\.18\.1/, version);
});

test("every Node from the first good version on is served", () => {
  for (const version of ["v24.18.1", "v24.19.0", "v26.5.1", "v26.10.0", "v27.0.0", "v28.1.0"])
    assert.equal(runtimeFault(version), undefined, version);
});
