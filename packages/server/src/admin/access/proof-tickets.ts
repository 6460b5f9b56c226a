import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const ticketForMs = 300_000;

/**
 * What an authenticator was asked to sign, and for what, in the browser's own hands: nothing is
 * kept of those who only ask, so that ten thousand of them push nobody out. A ticket that was good
 * for something is good for nothing more; after a restart none is.
 */
export class ProofTickets {
  readonly #key = randomBytes(32);
  readonly #used = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  make(purpose: string, challenge: string): string {
    const endsAtMs = this.#now() + ticketForMs;
    return `${endsAtMs}.${challenge}.${this.#mac(purpose, challenge, endsAtMs)}`;
  }

  /** @returns the challenge; undefined where the ticket is not for this, has ended or was used */
  read(purpose: string, ticket: string): string | undefined {
    const [, ends = "", challenge = "", mac = ""] =
      /^(\d{1,16})\.([\w-]{16,128})\.([\w-]{43})$/.exec(ticket) ?? [];
    const expected = Buffer.from(this.#mac(purpose, challenge, Number(ends)));
    const given = Buffer.from(mac);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return Number(ends) > this.#now() && !this.#used.has(mac) ? challenge : undefined;
  }

  /** @returns false where somebody else was faster with the same ticket */
  spend(ticket: string): boolean {
    const mac = ticket.slice(ticket.lastIndexOf(".") + 1);
    const nowMs = this.#now();
    for (const [one, endsAtMs] of this.#used) if (endsAtMs <= nowMs) this.#used.delete(one);
    if (this.#used.has(mac)) return false;
    this.#used.set(mac, nowMs + ticketForMs);
    return true;
  }

  #mac(purpose: string, challenge: string, endsAtMs: number): string {
    const text = JSON.stringify([purpose, challenge, endsAtMs]);
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}
