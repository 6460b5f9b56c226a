import type { Duplex } from "node:stream";
import type { Known } from "../facts/facts.ts";
import type { WebSocketEnd } from "../facts/record.ts";
import type { Refusal } from "../facts/refusal.ts";

/** Both connections of an exchange that has left HTTP for another protocol. */
export interface Ends {
  readonly caller: Duplex;
  readonly backend: Duplex;
  /** Bytes that came behind the handshakes. */
  readonly callerHead: Buffer;
  readonly backendHead: Buffer;
  /** True when the refusal stands: the protocol must end. */
  readonly decide: (refusal: Refusal) => boolean;
  /** Says that the gate itself has failed: the protocol must end. */
  readonly fail: (fault: unknown) => void;
  /** Called once, when it is over. */
  readonly ended: (end: WebSocketEnd) => void;
}

/** A protocol while it is carried. */
export interface Carrying {
  /** Asked twice a second, so that what must end by time does. */
  look(): void;
  /** The gate is stopping: both ends are told so. */
  goAway(): void;
}

/** What a control does where a connection leaves HTTP for another protocol. */
export interface Switching {
  /** Makes the fields of the handshake as the backend is sent them. In place, flat. */
  ask(forwardFields: string[]): void;
  /**
   * The fields of the gate's own 101, flat; or, as text, why the backend has not agreed to what it
   * was asked.
   */
  agree(asked: readonly string[], answered: readonly string[]): readonly string[] | string;
  /** Carries the protocol between both ends until it is over. */
  carry(known: Known<"accessToken" | "believes" | "caller">, ends: Ends): Carrying;
}
