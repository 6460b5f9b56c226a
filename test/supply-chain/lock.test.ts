import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { readLock, resolveDependency } from "../../tools/supply-chain/lock-file.ts";
import { root } from "../../tools/published-packages.ts";

const lock = readLock();
/** Our own, also those that are not published. */
const workspaces = new Set(globSync("packages/*/package.json", { cwd: root }).map(dirname));

test("every package of somebody else's is held to its bytes, and none to a place to fetch it from", () => {
  let others = 0;
  for (const [folder, { integrity, link, resolved }] of lock) {
    if (folder === "" || workspaces.has(folder)) continue;
    if (link === true) {
      assert.ok(workspaces.has(resolved ?? ""), `${folder} is a link to ${resolved}`);
      continue;
    }
    others += 1;
    assert.match(integrity ?? "", /^sha512-[A-Za-z0-9+/]{86}==$/, `${folder} has no integrity`);
    assert.equal(resolved, undefined, `${folder} names where it is fetched from`);
  }
  assert.ok(others > 200, `${others} packages`);
});

test("what a package needs is found where Node would find it", () => {
  const made = new Map([
    ["packages/server", { dependencies: { a: "1", own: "1" } }],
    ["node_modules/own", { link: true, resolved: "packages/guard" }],
    ["packages/guard", {}],
    ["node_modules/a", {}],
    ["node_modules/a/node_modules/@s/b", {}],
    ["node_modules/@s/b", {}],
    ["node_modules/a/node_modules/@s/b/node_modules/c", {}],
  ]);
  const found = (from: string, name: string): string | undefined =>
    resolveDependency(made, from, name);
  assert.equal(found("packages/server", "own"), "packages/guard");
  assert.equal(found("packages/server", "@s/b"), "node_modules/@s/b");
  assert.equal(found("node_modules/a", "@s/b"), "node_modules/a/node_modules/@s/b");
  assert.equal(found("node_modules/a/node_modules/@s/b", "a"), "node_modules/a");
  assert.equal(found("node_modules/@s/b", "c"), undefined);
});
