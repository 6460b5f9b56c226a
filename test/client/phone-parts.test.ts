import assert from "node:assert/strict";
import { createHash, randomBytes, webcrypto } from "node:crypto";
import { test } from "node:test";
import { type Curve, curveKeys } from "../../packages/client/src/adapters/curve-key.ts";
import { inParts } from "../../packages/client/src/adapters/in-parts.ts";
import type { Keychain } from "../../packages/client/src/adapters/keychain.ts";
import { keychainLock } from "../../packages/client/src/adapters/keychain-lock.ts";
import { memoryPlatform } from "../../packages/client/src/adapters/memory.ts";
import { hooksOf, type React } from "../../packages/client/src/entrances/react.ts";
import { reactNativePlatform } from "../../packages/client/src/entrances/react-native.ts";
import { PortcullisClient } from "../../packages/client/src/portcullis-client.ts";
import { systemClock } from "../../packages/client/src/platform-defaults.ts";

/** A keychain that can be killed before any of its writings. */
class Entries implements Keychain {
  readonly kept = new Map<string, string>();
  longest = 0;
  writesLeft = Number.POSITIVE_INFINITY;

  get(name: string): Promise<string | undefined> {
    return Promise.resolve(this.kept.get(name));
  }

  async set(name: string, value: string): Promise<void> {
    this.#write();
    this.longest = Math.max(this.longest, Buffer.byteLength(value));
    this.kept.set(name, value);
  }

  async remove(name: string): Promise<void> {
    this.#write();
    this.kept.delete(name);
  }

  #write(): void {
    this.writesLeft -= 1;
    if (this.writesLeft < 0) throw new Error("killed");
  }
}

const values = ["short", "a".repeat(5000), "b".repeat(3000), "é€".repeat(2000), "", "parts of it"];

test("a keychain whose entries are short keeps values of any length, and a kill between any two writings loses none", async () => {
  for (const before of values)
    for (const after of values)
      for (let writes = 0; ; writes += 1) {
        const entries = new Entries();
        await inParts(entries).set("session", before);
        entries.writesLeft = writes;
        const survived = await inParts(entries)
          .set("session", after)
          .then(
            () => true,
            () => false,
          );
        entries.writesLeft = Number.POSITIVE_INFINITY;
        const now = await inParts(entries).get("session");
        assert.ok(now === before || now === after, `${writes} writes`);
        assert.ok(entries.longest <= 2048, `${entries.longest} bytes`);
        if (!survived) continue;
        assert.equal(now, after);
        await inParts(entries).remove("session");
        assert.equal(entries.kept.size, 0);
        break;
      }
});

test("processes that share a keychain work one at a time, and one that died keeps the lock for its lease alone", async () => {
  const shared = new Entries();
  // Each process has modules of its own, and so a lock of its own within itself.
  const processes = await Promise.all(
    [1, 2, 3].map(async (number) => {
      const own = `../../packages/client/src/adapters/keychain-lock.ts?process=${number}`;
      const module = (await import(own)) as { keychainLock: typeof keychainLock };
      return module.keychainLock(
        shared,
        systemClock,
        (length) => new Uint8Array(randomBytes(length)),
      );
    }),
  );
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await systemClock.sleep(50);
    inside -= 1;
  };
  await Promise.all(processes.map((lock) => lock.withLock("refresh", 15_000, work)));
  assert.equal(most, 1);
  assert.equal(shared.kept.size, 0);
  shared.kept.set("portcullis.lock.refresh", `dead ${Date.now() + 300}`);
  const begun = Date.now();
  await (processes[0] as ReturnType<typeof keychainLock>).withLock("refresh", 15_000, work);
  assert.ok(Date.now() - begun >= 290);
  shared.kept.set("portcullis.lock.refresh", `of-a-clock-that-was-set-back ${Date.now() * 2}`);
  await (processes[0] as ReturnType<typeof keychainLock>).withLock("refresh", 15_000, work);
});

test("a keychain that is locked keeps nobody from going on", async () => {
  const locked: Keychain = {
    get: () => Promise.reject(new Error("locked")),
    set: () => Promise.reject(new Error("locked")),
    remove: () => Promise.reject(new Error("locked")),
  };
  const lock = keychainLock(locked, systemClock, (length) => new Uint8Array(length));
  assert.equal(await lock.withLock("refresh", 15_000, () => Promise.resolve(7)), 7);
});

test("a key of a library signs what a proof needs, and is the same after a restart", async () => {
  const entries = new Entries();
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["sign", "verify"],
  );
  const point = new Uint8Array(await webcrypto.subtle.exportKey("raw", publicKey));
  const signed: string[] = [];
  const curve: Curve = {
    getPublicKey: () => point,
    sign(hash, secret, options) {
      assert.deepEqual(options, { prehash: false, lowS: false });
      signed.push(`${Buffer.from(hash).toString("hex")} ${Buffer.from(secret).toString("hex")}`);
      return { toCompactRawBytes: () => new Uint8Array(64) };
    },
  };
  const own = {
    random: (length: number) => new Uint8Array(randomBytes(length)),
    hash: (bytes: Uint8Array) =>
      Promise.resolve(new Uint8Array(createHash("sha256").update(bytes).digest())),
  };
  const keys = curveKeys(curve, entries, own);
  const { jwk } = await keys.obtain("https://issuer.example app");
  const known = await webcrypto.subtle.exportKey("jwk", privateKey);
  assert.deepEqual([jwk.x, jwk.y], [known.x, known.y]);
  assert.equal((await keys.sign("https://issuer.example app", new Uint8Array(3))).length, 64);
  await curveKeys(curve, entries, own).sign("https://issuer.example app", new Uint8Array(3));
  assert.equal(new Set(signed).size, 1);
  // Names that a keychain takes: letters, digits, dots, dashes and underscores.
  for (const name of entries.kept.keys()) assert.match(name, /^[\w.-]+$/);
  await keys.remove("https://issuer.example app");
  assert.equal(entries.kept.size, 0);
});

test("a platform without random numbers is told of before anything is asked of it", () => {
  assert.throws(
    () =>
      reactNativePlatform({
        random: () => {
          throw new Error("this platform has no crypto.getRandomValues");
        },
      } as unknown as Parameters<typeof reactNativePlatform>[0]),
    /getRandomValues/,
  );
});

test("the hook shows who is signed in as it changes, and reads the keychain once for all components", async () => {
  const platform = memoryPlatform({ open: () => Promise.resolve(undefined) });
  let reads = 0;
  const client = new PortcullisClient(
    { issuer: "https://issuer.example", clientId: "app", redirectUri: "app:/" },
    {
      ...platform,
      vault: {
        ...platform.vault,
        compareAndSet: platform.vault.compareAndSet.bind(platform.vault),
        read(name) {
          reads += 1;
          return platform.vault.read(name);
        },
      },
    },
  );
  const shown: string[] = [];
  const ends: (() => void)[] = [];
  // What React does with a store: it subscribes, and reads it at each change.
  const react: React = {
    useSyncExternalStore(subscribe, snapshot) {
      ends.push(subscribe(() => shown.push((snapshot() as { status: string }).status)));
      return snapshot();
    },
  };
  const { usePortcullis } = hooksOf(react, client);
  assert.equal(usePortcullis().status, "starting");
  usePortcullis();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(shown, ["signed-out", "signed-out"]);
  assert.equal(reads, 1);
  await client.signOut();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(shown.length, 4);
  for (const end of ends) end();
  await client.signOut();
  assert.equal(shown.length, 4);
});
