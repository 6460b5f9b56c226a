import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";
import { test } from "node:test";
import { canSeal, IdSealer } from "./id-sealer.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const [one, two] = [randomBytes(32), randomBytes(32)];
const sealer = new IdSealer([one]);

test("the cipher is that of RFC 5297, by its own example", () => {
  assert.ok(canSeal());
  const sealing = createCipheriv(
    "aes-128-siv" as never,
    hex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
    null as never,
    { authTagLength: 16 } as never,
  ) as unknown as {
    setAAD(data: Buffer): void;
    update(data: Buffer): Buffer;
    final(): Buffer;
    getAuthTag(): Buffer;
  };
  sealing.setAAD(hex("101112131415161718191a1b1c1d1e1f2021222324252627"));
  const sealed = Buffer.concat([
    sealing.update(hex("112233445566778899aabbccddee")),
    sealing.final(),
  ]);
  assert.equal(
    `${sealing.getAuthTag().toString("hex")}${sealed.toString("hex")}`,
    "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
  );
});

test("a handle opens for its reader as its kind, and is the same each time", () => {
  for (const id of ["d-1", "x".repeat(200), "ünïcode/?#", 7, 9007199254740991, 0]) {
    const handle = sealer.seal("document", "ann", id);
    assert.match(handle, /^[A-Za-z0-9_-]+$/);
    assert.equal(sealer.open("document", "ann", handle), id);
    assert.equal(sealer.seal("document", "ann", id), handle);
  }
  assert.ok(sealer.seal("document", "ann", "d-123456").length <= 36);
});

test("another reader's handle, another kind's, a guessed, cut or changed one, and the raw id do not open", () => {
  const handle = sealer.seal("document", "ann", "d-1");
  assert.equal(sealer.open("document", "ben", handle), undefined);
  assert.equal(sealer.open("payment", "ann", handle), undefined);
  assert.equal(sealer.open("documentann", "", handle), undefined);
  for (const other of [
    "d-1",
    "",
    "1",
    handle.slice(1),
    handle.slice(0, -1),
    `${handle}A`,
    `A${handle}`,
    handle.toLowerCase(),
    `${handle}=`,
    ` ${handle}`,
    randomBytes(30).toString("base64url"),
  ])
    assert.equal(sealer.open("document", "ann", other), undefined, other);
  for (let index = 0; index < handle.length; index += 1) {
    const changed = `${handle.slice(0, index)}${handle[index] === "A" ? "B" : "A"}${handle.slice(index + 1)}`;
    assert.equal(sealer.open("document", "ann", changed), undefined, `${index}`);
  }
});

test("a key that was replaced still opens, and one that was taken away does not", () => {
  const old = sealer.seal("document", "ann", "d-1");
  const rotated = new IdSealer([two, one]);
  assert.equal(rotated.open("document", "ann", old), "d-1");
  assert.notEqual(rotated.seal("document", "ann", "d-1"), old);
  assert.equal(new IdSealer([two]).open("document", "ann", old), undefined);
  assert.throws(() => new IdSealer([]), RangeError);
  assert.throws(() => new IdSealer([randomBytes(16)]), RangeError);
});
