import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryLock } from "./adapters/memory-lock.ts";
import { MemoryVault } from "./adapters/memory.ts";
import type { IssuerClient } from "./issuer.ts";
import { SessionKeeper } from "./session-keeper.ts";
import { Records } from "./session-record.ts";

const lifeSeconds = 600;
const beginMs = 1_800_000_000_000;

/** The processes of one app, on a device whose clocks are set here. */
async function device() {
  const vault = new MemoryVault();
  const clock = { now: beginMs, monotonic: 0 };
  let renewals = 0;
  const tokens = () => ({
    accessToken: `token ${renewals}`,
    tokenType: "DPoP" as const,
    refreshToken: "refresh",
    idToken: undefined,
    scope: undefined,
    expiresAt: clock.now + lifeSeconds * 1000,
    lifeSeconds,
  });
  const process = (): SessionKeeper =>
    new SessionKeeper({
      records: new Records(vault),
      issuer: {
        refresh: () => {
          renewals += 1;
          return Promise.resolve(tokens());
        },
        revoke: () => Promise.resolve(true),
      } as unknown as IssuerClient,
      lock: new MemoryLock(),
      clock: {
        now: () => clock.now,
        monotonic: () => clock.monotonic,
        sleep: () => Promise.resolve(),
      },
      refreshes: true,
      forgetKey: () => Promise.resolve(),
      emit: () => undefined,
    });
  const first = process();
  await first.keep(tokens());
  return { clock, first, process, renewals: () => renewals };
}

/** Whether a process renews its token once the clocks were set so. */
async function renews(
  by: "the process that has it" | "another process",
  set: { readonly now: number; readonly monotonic: number },
): Promise<boolean> {
  const { clock, first, process, renewals } = await device();
  const keeper = by === "another process" ? process() : first;
  clock.now = beginMs + set.now * 1000;
  clock.monotonic = set.monotonic * 1000;
  await keeper.token(undefined);
  return renewals() === 1;
}

test("a token is renewed after four fifths of its life, by a clock that nobody can set", async () => {
  const own = "the process that has it";
  assert.equal(await renews(own, { now: 479, monotonic: 479 }), false);
  assert.equal(await renews(own, { now: 480, monotonic: 480 }), true);
  assert.equal(await renews(own, { now: 86_400, monotonic: 10 }), false);
  assert.equal(await renews(own, { now: -86_400, monotonic: 480 }), true);
});

test("a process that was started later goes by the device's clock, and trusts none that was set back", async () => {
  const other = "another process";
  assert.equal(await renews(other, { now: 479, monotonic: 0 }), false);
  assert.equal(await renews(other, { now: 480, monotonic: 0 }), true);
  assert.equal(await renews(other, { now: -1, monotonic: 0 }), true);
  assert.equal(await renews(other, { now: -86_400, monotonic: 0 }), true);
});
