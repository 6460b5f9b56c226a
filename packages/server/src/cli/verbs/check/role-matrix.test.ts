import assert from "node:assert/strict";
import { test } from "node:test";
import { widenings } from "./role-matrix.ts";

test("a caller that may enter more than before is named, and one that may enter less is not", () => {
  const before = { read: ["support"], write: ["admin"], open: ["(anyone)"] };
  assert.deepEqual(
    widenings(before, { read: ["support", "customer"], write: [], open: ["(anyone)"] }),
    ["read for customer"],
  );
  assert.deepEqual(widenings(before, { read: ["(anyone)"], write: ["admin"], open: ["support"] }), [
    "read for (anyone)",
  ]);
  assert.deepEqual(widenings(before, { ...before, fresh: ["customer"] }), [
    "fresh for customer (a new operation)",
  ]);
});
