import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateWriteVersions, WriteVersions } from "./write-versions.ts";

test("a write is seen by every thread, at its path and above it, and nowhere else", () => {
  const memory = allocateWriteVersions();
  const [here, there] = [new WriteVersions(memory), new WriteVersions(memory)];
  const paths = ["/v1/accounts/a-1", "/v1/accounts", "/v1/accounts/a-2", "/v1/accounts/a-1/cards"];
  const before = paths.map((path) => there.of(path));
  here.written("/v1/accounts/a-1");
  assert.deepEqual(
    paths.map((path, index) => there.of(path) - (before[index] as number)),
    [1, 1, 0, 0],
  );
});
