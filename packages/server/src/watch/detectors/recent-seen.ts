import {
  clientOf as clientBy,
  type DecisionRecord,
  programOf as programBy,
  type Signal,
} from "@portcullis/guard/records";
import { type Attempt, attemptOf, type Seen } from "./seen.ts";

/** A request that may have to be told of, copied out of its row. */
export interface KeptSeen
  extends Pick<
    DecisionRecord,
    "address" | "app" | "appVersion" | "code" | "operation" | "status" | "subject" | "traceId"
  > {
  readonly atMs: number;
  readonly attempt: Attempt;
  readonly signal: Signal;
  /** Address and shape as one. */
  readonly client: number;
}

/** One program at one address. */
export const clientOf = ({ address, shape }: Signal): number => clientBy(address, shape);

/** One program, wherever it asks from. */
export const programOf = ({ shape }: Signal): number => programBy(shape);

/** The newest requests that may be part of an attack: fixed many, whoever floods. */
export class RecentSeen {
  readonly #kept: KeptSeen[] = [];
  readonly #most: number;
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(seen: Seen, signal: Signal): void {
    this.#kept[this.#next] = keptOf(seen, signal);
    this.#next = (this.#next + 1) % this.#most;
  }

  /** The oldest first. */
  since(atMs: number, isPart: (kept: KeptSeen) => boolean): KeptSeen[] {
    const ordered = [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)];
    return ordered.filter((kept) => kept.atMs >= atMs && isPart(kept));
  }
}

function keptOf(seen: Seen, signal: Signal): KeptSeen {
  const { address, app, appVersion, code, operation, status, subject, timeMs, traceId } = seen;
  const { device, isKeyShown, network, object, outcome, role, shape, target } = signal;
  return {
    address,
    app,
    appVersion,
    code,
    operation,
    status,
    subject,
    traceId,
    atMs: timeMs,
    attempt: attemptOf(seen, signal),
    client: clientOf(signal),
    // A copy: the row's own is that of the next request a moment later.
    signal: {
      address: signal.address,
      device,
      isKeyShown,
      network,
      object,
      outcome,
      role,
      shape,
      subject: signal.subject,
      target,
      wasShown: signal.wasShown,
    },
  };
}
