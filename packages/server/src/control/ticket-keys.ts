import { randomBytes } from "node:crypto";
import { sessionSeconds } from "../listener/tls-options.ts";

const keyBytes = 48;

/**
 * What seals the tickets of TLS sessions: the same on every gate thread, so that a session begun on
 * one goes on at another, and another one after half a day. Who learns one key later can open what
 * was said under it in TLS 1.2 alone, and of half a day at most.
 */
export class TicketKeys {
  #current = randomBytes(keyBytes);

  /** @param onChanged is given the keys for all new tickets; those before open none any longer */
  constructor(onChanged: (keys: Buffer) => void) {
    setInterval(() => {
      this.#current = randomBytes(keyBytes);
      onChanged(this.#current);
    }, sessionSeconds * 1000).unref();
  }

  get current(): Buffer {
    return this.#current;
  }
}
