import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword, verifyPassword } from "./passwords.ts";

test("a password is kept as argon2id at OWASP's least cost or more, each with a salt of its own", async () => {
  const [one, other] = await Promise.all([
    hashPassword("correct horse"),
    hashPassword("correct horse"),
  ]);
  assert.notEqual(one, other);
  const [, memory, passes, salt = "", tag = ""] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$([^$]+)\$([^$]+)$/.exec(one) ?? [];
  assert.ok(Number(memory) >= 19_456, `${memory} KiB`);
  assert.ok(Number(passes) >= 2, `${passes} passes`);
  assert.ok(Buffer.from(salt, "base64").length >= 16);
  assert.ok(Buffer.from(tag, "base64").length >= 32);
});

test("the password that was kept is right, in each of its Unicode forms, and no other is", async () => {
  const kept = await hashPassword("caf\u00e9 au lait");
  assert.ok(await verifyPassword("cafe\u0301 au lait", kept));
  for (const wrong of ["", "cafe au lait", "caf\u00e9 au lait ", "Caf\u00e9 au lait"])
    assert.equal(await verifyPassword(wrong, kept), false, wrong);
});

test("nobody signs in where nothing is kept, or what is kept cannot be read", async () => {
  for (const kept of [undefined, null, "", "plain", "$argon2id$v=19$m=8,t=1,p=1$short$short"])
    assert.equal(await verifyPassword("", kept), false, String(kept));
});
