import assert from "node:assert/strict";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createSealing, sealingKeys } from "./sealing.ts";

const key = (fill: number): Buffer => Buffer.alloc(32, fill);
const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "portcullis-sealing-"));

test("what is sealed opens at its own place, unchanged, and nowhere else", () => {
  const sealing = createSealing([key(1)]);
  const sealed = sealing.seal("secret", "factors/f-1");
  assert.equal(sealing.open(sealed, "factors/f-1"), "secret");
  assert.throws(() => sealing.open(sealed, "factors/f-2"));
  assert.throws(() => sealing.open(sealed, ""));
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Uint8Array.from(sealed);
    changed[index] = (changed[index] as number) ^ 1;
    assert.throws(() => sealing.open(changed, "factors/f-1"), Error, `byte ${index}`);
  }
  assert.ok(!Buffer.from(sealed).includes("secret"));
  assert.notDeepEqual(sealing.seal("secret", "factors/f-1"), sealed);
});

test("an older key opens what it has sealed, and the first one seals", () => {
  const old = createSealing([key(1)]);
  const rotated = createSealing([key(2), key(1)]);
  const sealed = old.seal("secret", "place");
  assert.equal(rotated.open(sealed, "place"), "secret");
  assert.equal(rotated.isCurrent(sealed), false);
  assert.ok(rotated.isCurrent(rotated.seal("secret", "place")));
  assert.throws(() => old.open(rotated.seal("secret", "place"), "place"), /PORTCULLIS_KEY/);
});

test("a secret that is derived for one use says nothing of another's", () => {
  const sealing = createSealing([key(1)]);
  assert.notDeepEqual(sealing.derive("cookies", 32), sealing.derive("forms", 32));
  assert.notDeepEqual(sealing.derive("forms", 32), createSealing([key(2)]).derive("forms", 32));
});

test("in production no key lies beside the store, even where one was made before", () => {
  const folder = emptyFolder();
  assert.throws(() => sealingKeys(folder, { PORTCULLIS_ENV: "production" }), /PORTCULLIS_KEY/);
  const [made] = sealingKeys(folder, {});
  assert.equal(made?.length, 32);
  assert.equal(statSync(join(folder, "store-key")).mode & 0o777, 0o600);
  assert.deepEqual(sealingKeys(folder, {}), [made]);
});

test("a key of fewer than 32 bytes is refused by its place, and not shown", () => {
  const short = Buffer.alloc(31, 7).toString("base64");
  const good = key(1).toString("base64");
  for (const given of [short, `${good},${short}`])
    assert.throws(
      () => sealingKeys(emptyFolder(), { PORTCULLIS_KEY: given }),
      ({ message }: Error) => /fewer than 32 bytes/.test(message) && !message.includes(short),
    );
  assert.equal(sealingKeys(emptyFolder(), { PORTCULLIS_KEY: `${good}, ${good}\n` }).length, 2);
});
