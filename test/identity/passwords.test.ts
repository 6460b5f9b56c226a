import assert from "node:assert/strict";
import { argon2Sync, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Accounts } from "../../packages/identity/src/people/accounts.ts";
import { Passwords } from "../../packages/identity/src/people/passwords.ts";
import { reseal } from "../../packages/server/src/store/reseal.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";
import { forEveryStore, nameOf } from "./every-store.ts";

const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const plain = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

/** As hashes were made before there was a pepper. */
function hashBefore(password: string): string {
  const nonce = randomBytes(16);
  const tag = argon2Sync("argon2id", {
    message: Buffer.from(password),
    nonce,
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  });
  return `$argon2id$v=19$m=19456,t=2,p=1$${plain(nonce)}$${plain(Buffer.from(tag))}`;
}

forEveryStore((test, store) => {
  const passwords = (...keys: Buffer[]): Passwords =>
    new Passwords(store().secrets, createSealing(keys));

  test("a hash says that it is peppered, and is of no use without the store's key", async () => {
    const kept = await passwords(oldKey).hash("some long phrase");
    assert.match(kept, /^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=cGVwcGVyLTE\$/);
    assert.equal(await passwords(oldKey).verify("some long phrase", kept), true);
    assert.equal(await passwords(oldKey).verify("some long phrasf", kept), false);
    const bare = kept.replace(",keyid=cGVwcGVyLTE", "");
    assert.equal(await passwords(oldKey).verify("some long phrase", bare), false);
    await assert.rejects(
      passwords(newKey).verify("some long phrase", kept),
      /key that is not here/,
    );
  });

  test("all nodes that start together mix in the same secret", async () => {
    const nodes = Array.from({ length: 8 }, () => passwords(oldKey));
    const hashes = await Promise.all(nodes.map((node) => node.hash("some long phrase")));
    for (const kept of hashes)
      assert.equal(await passwords(oldKey).verify("some long phrase", kept), true);
  });

  test("a hash of before is good, and is made anew at the next right password alone", async () => {
    const own = passwords(oldKey);
    const accounts = new Accounts(store().accounts, own, Date.now);
    const { id } = await accounts.add({ email: `${nameOf("old")}@notes.example` });
    const before = hashBefore("some long phrase");
    await accounts.setPassword(id, before);
    const account = await accounts.byId(id);
    assert.ok(account !== undefined);
    assert.equal(await own.verify("some long phrase", account.password), true);
    assert.equal(await own.verify("another long phrase", account.password), false);
    await accounts.setPassword(id, "changed meanwhile");
    await accounts.renewHash(account, "some long phrase");
    assert.equal((await accounts.byId(id))?.password, "changed meanwhile");
    await accounts.setPassword(id, before);
    await accounts.renewHash(account, "some long phrase");
    const after = (await accounts.byId(id))?.password ?? "";
    assert.equal(own.isOutdated(after), false);
    assert.equal(await own.verify("some long phrase", after), true);
  });

  test("when the store's key is changed, hashes stay good without the old one", async () => {
    const kept = await passwords(oldKey).hash("some long phrase");
    await reseal(store(), createSealing([newKey, oldKey]));
    assert.equal(await passwords(newKey).verify("some long phrase", kept), true);
    await reseal(store(), createSealing([oldKey, newKey]));
  });

  test("the thread that answers goes on while fifty passwords are hashed", async () => {
    const own = passwords(oldKey);
    await own.hash("the pepper is read");
    let done = 0;
    const hashing = Array.from({ length: 50 }, () =>
      own.hash("some long phrase").then(() => (done += 1)),
    );
    await readFile(import.meta.filename);
    assert.ok(done < 50, "a file is read before all are done");
    await Promise.all(hashing);
  });

  test("a password is kept as argon2id at OWASP's least cost or more, each with a salt of its own", async () => {
    const own = passwords(oldKey);
    const [one, other] = await Promise.all([own.hash("correct horse"), own.hash("correct horse")]);
    assert.notEqual(one, other);
    const [, memory, passes, salt = "", tag = ""] =
      /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+,keyid=[^$]+\$([^$]+)\$([^$]+)$/.exec(one) ?? [];
    assert.ok(Number(memory) >= 19_456, `${memory} KiB`);
    assert.ok(Number(passes) >= 2, `${passes} passes`);
    assert.ok(Buffer.from(salt, "base64").length >= 16);
    assert.ok(Buffer.from(tag, "base64").length >= 32);
  });

  test("the password that was kept is right, in each of its Unicode forms, and no other is", async () => {
    const own = passwords(oldKey);
    const kept = await own.hash("caf\u00e9 au lait");
    assert.ok(await own.verify("cafe\u0301 au lait", kept));
    for (const wrong of ["", "cafe au lait", "caf\u00e9 au lait ", "Caf\u00e9 au lait"])
      assert.equal(await own.verify(wrong, kept), false, wrong);
  });

  test("nobody signs in where nothing is kept, or what is kept cannot be read", async () => {
    for (const kept of [undefined, "", "plain", "$argon2id$v=19$m=8,t=1,p=1$short$short"])
      assert.equal(await passwords(oldKey).verify("", kept), false, String(kept));
  });
});
