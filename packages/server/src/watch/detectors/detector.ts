import type { Signal } from "@portcullis/guard/records";
import type { Seen } from "./seen.ts";

/** Looks for one kind of attack among all requests. */
export interface Detector {
  /** Every request that carries a signal, in its turn. */
  note(seen: Seen, signal: Signal): void;
  /** Time has passed, though nobody may have asked for anything. */
  turn?(nowMs: number): void;
  /** The clock was set: what was counted spans no known time. */
  void?(): void;
  /** Memory that it holds whatever comes. */
  readonly bytes: number;
}

/** What is told of a detector, in the documentation and by `portcullis threats`. */
export interface DetectorFacts {
  /** As it stands in the policy under `detect`. */
  readonly name: string;
  /** As its incidents are called. */
  readonly kind: string;
  /** Whom it holds what it sees against. */
  readonly key: string;
  readonly statistic: string;
  /** What it cannot see. */
  readonly blindTo: string;
  /** Roles of which at least one operation must have one; none: it watches every operation. */
  readonly roles: readonly string[];
}
