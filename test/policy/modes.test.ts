import assert from "node:assert/strict";
import { test } from "node:test";
import { planned } from "./planned.ts";

test("without a word everything is observed, and what cannot be read twice is refused all the same", async () => {
  const { modes } = (await planned("")).of("getAccount");
  assert.equal(modes.limit, "observe");
  assert.equal(modes.protocol, "enforce");
});

test("a backend that breaks its own document is not enforced unless that is named", async () => {
  const all = await planned("mode: enforce\n");
  assert.equal(all.of("login").modes.response, "observe");
  assert.equal(all.of("login").modes.disclosure, "enforce");
  assert.equal(
    (await planned("mode: { default: enforce, response: enforce }\n")).of("login").modes.response,
    "enforce",
  );
  assert.equal(
    (
      await planned(
        'mode: enforce\noperations: [{ match: login, mode: { enforce: { app: ">=3.2", percent: 25 }, otherwise: observe } }]\n',
      )
    ).of("login").modes.response,
    "observe",
  );
});

test("a mode for one control leaves the others as they were", async () => {
  const { modes } = (
    await planned("mode: enforce\noperations: [{ match: login, mode: { limit: observe } }]\n")
  ).of("login");
  assert.equal(modes.limit, "observe");
  assert.equal(modes.request, "enforce");
});
