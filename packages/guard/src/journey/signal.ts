import { hashKinds } from "../facts/keyed-hash.ts";
import type { Signal } from "../facts/signal.ts";
import { shapeOf, SignalNames } from "../facts/signal-names.ts";
import type { Exchange } from "./exchange.ts";

/** What detectors are told of each request, by keyed hashes. */
export class SignalMaker {
  readonly #names: SignalNames;

  /** @param secret the same on every thread, and for as long as detectors shall know a name again */
  constructor(secret: Uint8Array) {
    this.#names = new SignalNames(secret);
  }

  readonly make = (exchange: Exchange): Signal => {
    const { answerOutcome, arrival, caller, keyShown, pathParameters, role, target } = exchange;
    const { address, network } = this.#names.whence(exchange.address);
    const { device, subject } = this.#names.who(caller);
    return {
      role,
      outcome: answerOutcome,
      target: this.#names.of(hashKinds.target, target),
      address,
      network,
      device,
      subject,
      object: this.#objectOf(pathParameters, exchange.course.operation.pathTemplate),
      shape: shapeOf(arrival.rawHeaders, arrival.httpVersion),
      isKeyShown: caller?.boundKey !== undefined && keyShown,
      wasShown: exchange.wasShown,
    };
  };

  #objectOf(parameters: readonly string[], template: string | undefined): number {
    if (parameters.length === 0 || template === undefined) return 0;
    const names = parameters.length === 1 ? parameters[0] : parameters.join("\n");
    return this.#names.of(hashKinds.object, names as string);
  }
}
