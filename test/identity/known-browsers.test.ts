import assert from "node:assert/strict";
import { test } from "node:test";
import { knownDevice, withAccount } from "../../packages/identity/src/sign-in/known-device.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";

const sealing = createSealing([Buffer.alloc(32, 1)]);

test("a browser is known to the accounts that were signed in to with it, and to no other", () => {
  const ann = withAccount(undefined, "ann", sealing);
  const both = withAccount(ann, "ben", sealing);
  assert.equal(knownDevice(both, "ann", sealing), ann.split(".")[0]);
  assert.ok(knownDevice(both, "ben", sealing) !== undefined);
  assert.notEqual(knownDevice(both, "ben", sealing), knownDevice(both, "ann", sealing));
  for (const [cookie, account] of [
    [ann, "ben"],
    [both, "cleo"],
    [undefined, "ann"],
    ["", "ann"],
  ] as const)
    assert.equal(knownDevice(cookie, account, sealing), undefined);
});

test("nobody makes up what says that a browser is known", () => {
  const cookie = withAccount(undefined, "ann", sealing);
  const [id = "", mac = ""] = cookie.split(".");
  const another = withAccount(undefined, "ben", sealing);
  const others = [
    id,
    `${id}.`,
    `${id}.${"A".repeat(mac.length)}`,
    `${id}.${mac.slice(0, -1)}`,
    `${"A".repeat(id.length)}.${mac}`,
    `${id}.${another.split(".")[1]}`,
    withAccount(undefined, "ann", createSealing([Buffer.alloc(32, 2)])),
  ];
  for (const made of others) assert.equal(knownDevice(made, "ann", sealing), undefined, made);
});

test("a browser is known to five accounts, the latest of them", () => {
  let cookie: string | undefined;
  for (let count = 1; count <= 6; count += 1) cookie = withAccount(cookie, `a${count}`, sealing);
  const known = [1, 2, 3, 4, 5, 6].filter(
    (count) => knownDevice(cookie, `a${count}`, sealing) !== undefined,
  );
  assert.deepEqual(known, [2, 3, 4, 5, 6]);
});
