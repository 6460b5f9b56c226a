import { networkOf, wideNetworkOf } from "../reading/network.ts";
import type { Caller } from "./caller.ts";
import { hashKinds, KeyedHash, mixHashes } from "./keyed-hash.ts";

/** From where a request comes. */
export interface Whence {
  readonly address: number;
  readonly network: number;
}

/** Who sends it; zero where that is not known. */
export interface Who {
  readonly device: number;
  readonly subject: number;
}

/** Most requests come from addresses that were seen a moment ago. */
const mostAddresses = 4096;
const nobody: Who = { device: 0, subject: 0 };
const signedInLength = "authorization".length;

/** What signals call somebody: the same name for one address, one caller, one program. */
export class SignalNames {
  readonly #hash: KeyedHash;
  readonly #addresses = new Map<string, Whence>();
  readonly #callers = new WeakMap<Caller, Who>();

  /** @param secret the same on every thread, and for as long as a name shall be known again */
  constructor(secret: Uint8Array) {
    this.#hash = new KeyedHash(secret);
  }

  of(kind: number, text: string): number {
    return this.#hash.of(kind, text);
  }

  whence(address: string): Whence {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    if (this.#addresses.size >= mostAddresses) this.#addresses.clear();
    const hash = this.#hash;
    const whence = {
      address: hash.of(hashKinds.address, networkOf(address)),
      network: hash.of(hashKinds.network, wideNetworkOf(address)),
    };
    this.#addresses.set(address, whence);
    return whence;
  }

  who(caller: Caller | undefined): Who {
    if (caller === undefined) return nobody;
    const known = this.#callers.get(caller);
    if (known !== undefined) return known;
    const { boundCertificate, boundKey, deviceId, key } = caller;
    const who = {
      device: this.#hash.of(hashKinds.device, boundKey ?? boundCertificate ?? deviceId ?? ""),
      subject: this.#hash.of(hashKinds.subject, key),
    };
    this.#callers.set(caller, who);
    return who;
  }
}

/**
 * How a program writes its fields. Names in their order, by length and letters at both ends: enough
 * to tell one program from another, and a tenth of what reading every letter would cost.
 *
 * @param fields flat: name, value; as they were sent
 */
export function shapeOf(fields: readonly string[], version: string): number {
  let shape = version.length > 0 ? version.charCodeAt(0) : 0;
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] as string;
    const { length } = name;
    // A caller that has signed in sends one field more than before: it is the same program.
    if (length === signedInLength && name.toLowerCase() === "authorization") continue;
    shape = Math.imul(shape ^ length, 0x85ebca6b) ^ (name.charCodeAt(0) << 8);
    shape = Math.imul(shape ^ name.charCodeAt(length - 1), 0xc2b2ae35);
    shape ^= shape >>> 15;
  }
  return shape;
}

/** One program, wherever it asks from. */
export const programOf = (shape: number): number => mixHashes(1, shape >>> 0);

/** One program at one address. */
export const clientOf = (address: number, shape: number): number => mixHashes(address, shape >>> 0);
