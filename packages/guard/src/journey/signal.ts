import type { Caller } from "../facts/caller.ts";
import { hashKinds, KeyedHash } from "../facts/keyed-hash.ts";
import type { Signal } from "../facts/signal.ts";
import { networkOf, wideNetworkOf } from "../reading/network.ts";
import type { Exchange } from "./exchange.ts";

interface Whence {
  readonly address: number;
  readonly network: number;
}

interface Who {
  readonly device: number;
  readonly subject: number;
}

/** Most requests come from addresses that were seen a moment ago. */
const mostAddresses = 4096;

/** What detectors are told of each request, by keyed hashes. */
export class SignalMaker {
  readonly #hash: KeyedHash;
  readonly #addresses = new Map<string, Whence>();
  readonly #callers = new WeakMap<Caller, Who>();

  /** @param secret the same on every thread, and for as long as detectors shall know a name again */
  constructor(secret: Uint8Array) {
    this.#hash = new KeyedHash(secret);
  }

  readonly make = (exchange: Exchange): Signal => {
    const { answerOutcome, arrival, caller, keyShown, pathParameters, role, target } = exchange;
    const { address, network } = this.#whence(exchange.address);
    const who = caller === undefined ? nobody : this.#who(caller);
    return {
      role,
      outcome: answerOutcome,
      target: this.#hash.of(hashKinds.target, target),
      address,
      network,
      device: who.device,
      subject: who.subject,
      object: this.#objectOf(pathParameters, exchange.course.operation.pathTemplate),
      shape: this.#shapeOf(arrival.rawHeaders, arrival.httpVersion),
      isKeyShown: caller?.boundKey !== undefined && keyShown,
      wasShown: undefined,
    };
  };

  #whence(address: string): Whence {
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

  #who(caller: Caller): Who {
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

  #objectOf(parameters: readonly string[], template: string | undefined): number {
    if (parameters.length === 0 || template === undefined) return 0;
    const names = parameters.length === 1 ? parameters[0] : parameters.join("\n");
    return this.#hash.of(hashKinds.object, names as string);
  }

  /**
   * Names in their order, by length and letters at both ends: enough to tell one program from
   * another, and a tenth of what reading every letter would cost.
   */
  #shapeOf(fields: readonly string[], version: string): number {
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
}

const signedInLength = "authorization".length;
const nobody: Who = { device: 0, subject: 0 };
