import { base64url } from "../bytes.ts";
import type { ClockPort, LockPort, RandomPort } from "../ports.ts";
import type { Keychain } from "./keychain.ts";
import { MemoryLock } from "./memory-lock.ts";

const entry = "portcullis.lock";
/** Longer than a keychain takes to write an entry. */
const settleMs = 120;

/** One for everything in this JavaScript context, however many clients it has made. */
const here = new MemoryLock();

/**
 * One at a time across all that share a keychain: the app and its extensions, which are processes of
 * their own. Keychains cannot compare and set, and so the one that wants the lock writes its mark,
 * waits for longer than a writing takes, and has it if the mark is still its own (Fischer's mutual
 * exclusion). Where a phone stalls for longer within that, two may refresh at once, which the
 * issuer answers alike.
 *
 * @param shared the names that other processes use too; the rest is taken in this process alone
 */
export function keychainLock(
  keychain: Keychain,
  clock: ClockPort,
  random: RandomPort,
  shared: ReadonlySet<string> = new Set(["refresh"]),
): LockPort {
  const take = async (name: string, leaseMs: number): Promise<string> => {
    const mark = base64url(random(12));
    const giveUpAt = clock.monotonic() + 2 * leaseMs;
    for (;;) {
      // Whoever has waited for so long goes on: a lock must not lock anybody out.
      if (clock.monotonic() > giveUpAt) return mark;
      if (isFree(await keychain.get(name), clock.now(), leaseMs)) {
        await keychain.set(name, `${mark} ${clock.now() + leaseMs}`);
        await clock.sleep(settleMs);
        if ((await keychain.get(name))?.startsWith(`${mark} `) === true) return mark;
      }
      await clock.sleep(settleMs);
    }
  };
  const free = async (name: string, mark: string): Promise<void> => {
    if ((await keychain.get(name))?.startsWith(`${mark} `) === true) await keychain.remove(name);
  };
  return {
    withLock: (name, leaseMs, work) =>
      here.withLock(name, leaseMs, async () => {
        if (!shared.has(name)) return work();
        // A keychain that cannot be written now must not lock anybody out either.
        const mark = await take(`${entry}.${name}`, leaseMs).catch(() => "");
        try {
          return await work();
        } finally {
          await free(`${entry}.${name}`, mark).catch(() => undefined);
        }
      }),
  };
}

/** A clock that was set back must not keep a lock for longer than its lease. */
function isFree(text: string | null | undefined, now: number, leaseMs: number): boolean {
  const until = Number(text?.split(" ")[1] ?? 0);
  return !(until > now && until <= now + leaseMs);
}
