import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keychainVault } from "../../packages/client/src/adapters/keychain.ts";
import { expoKeychain } from "../../packages/client/src/adapters/keychains.ts";
import { MemoryVault } from "../../packages/client/src/adapters/memory.ts";
import type { IdentityGate } from "../identity/identity-gate.ts";
import { email, phoneAt, startClientGate } from "./phone.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startClientGate();
});
after(() => gate.close());

test("a vault that fails loses no session: the old token serves until the new one is stored", async () => {
  const vault = new MemoryVault();
  let failing = false;
  const made = phoneAt(gate, email, {
    vault: {
      read: (name) => vault.read(name),
      compareAndSet: (name, expected, value) =>
        failing && name === "session"
          ? Promise.reject(new Error("keychain locked"))
          : vault.compareAndSet(name, expected, value),
    },
  });
  await made.client.signIn();
  gate.command("users", "roles", email, "--role", "member");
  await new Promise((resolve) => setTimeout(resolve, 400));
  failing = true;
  await made.client.send("/notes").catch(() => undefined);
  failing = false;
  assert.equal((await made.client.send("/notes")).status, 200);
  const again = phoneAt(gate, email, { vault, keys: made.platform.keys });
  assert.equal((await again.client.send("/notes")).status, 200);
});

test("an extension that may not refresh uses what the app has", async () => {
  const app = phoneAt(gate);
  await app.client.signIn();
  const widget = phoneAt(
    gate,
    email,
    { vault: app.platform.vault, keys: app.platform.keys, lock: app.platform.lock },
    { refreshes: false },
  );
  assert.equal((await widget.client.send("/notes")).status, 200);
  assert.ok(!widget.sent.includes("POST /oauth/token"));
});

test("plain storage is refused, and a keychain that outlived its app is emptied", async () => {
  class AsyncStorage {
    get = (): Promise<string | null> => Promise.resolve(null);
    set = (): Promise<void> => Promise.resolve();
    remove = (): Promise<void> => Promise.resolve();
  }
  const { lock } = phoneAt(gate).platform;
  assert.throws(() => keychainVault(new AsyncStorage(), lock, new AsyncStorage()), /plain storage/);
  const kept = new Map([["portcullis.session", "v\nsomebody else's"]]);
  const marks = new Map<string, string>();
  const keychain = expoKeychain({
    AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY: 1,
    getItemAsync: (key) => Promise.resolve(kept.get(key) ?? null),
    setItemAsync: (key, value) => Promise.resolve(void kept.set(key, value)),
    deleteItemAsync: (key) => Promise.resolve(void kept.delete(key)),
  });
  const installed = {
    get: (name: string) => Promise.resolve(marks.get(name)),
    set: (name: string, value: string) => Promise.resolve(void marks.set(name, value)),
  };
  const vault = keychainVault(keychain, lock, installed);
  assert.equal(await vault.read("session"), undefined);
  assert.equal(await vault.compareAndSet("session", undefined, "mine"), true);
  assert.equal(await vault.compareAndSet("session", undefined, "theirs"), false);
  assert.equal((await keychainVault(keychain, lock, installed).read("session"))?.value, "mine");
});
