import { randomBytes } from "node:crypto";
import { hashKinds, KeyedHash } from "@portcullis/guard/records";
import type { AttackKey } from "../detectors/evidence.ts";
import { clientOf, programOf } from "../detectors/recent-seen.ts";
import type { Seen } from "../detectors/seen.ts";
import { PeopleCounts } from "./people-counts.ts";

/** Whom something would touch, of those who had success within a day. */
export interface Reach {
  readonly people: number;
  readonly of: number;
  /** `device-bound` where most people show the key of their device; else whoever has signed in. */
  readonly counted: "device-bound" | "signed-in";
  /** Since when it was counted: nothing is known of before. */
  readonly sinceMs: number | undefined;
}

/** Refusals that are only observed, by the control that would refuse. */
export type ControlOfCode = (code: string) => string | undefined;

/** Most people of an app hold a key, or none do. */
const mostAreBound = 0.5;

/** Remembers who is behind which address, device or program, and whom a control would refuse. */
export class Reaches {
  readonly #counts = new PeopleCounts();
  readonly #controlOf: ControlOfCode;
  readonly #hash = new KeyedHash(randomBytes(8));

  constructor(controlOf: ControlOfCode) {
    this.#controlOf = controlOf;
  }

  get bytes(): number {
    return this.#counts.bytes;
  }

  note({ decisions, operation, status, signal, timeMs }: Seen): void {
    if (signal === undefined || signal.subject === 0) return;
    const { address, device, isKeyShown, network, subject } = signal;
    for (const { code, mode } of decisions) {
      const control = mode === "observe" ? this.#controlOf(code) : undefined;
      if (control !== undefined)
        this.#counts.note(this.#nameOf(operation, control), subject, isKeyShown, timeMs);
    }
    if (status < 200 || status >= 400) return;
    this.#counts.noteEverybody(subject, isKeyShown, timeMs);
    for (const key of [device, subject, clientOf(signal), address, network, programOf(signal)])
      this.#counts.note(key, subject, isKeyShown, timeMs);
  }

  ofKey({ hash, kind }: AttackKey): Reach {
    const all = this.#counts.everybody();
    return this.#reachOf(kind === "everybody" ? all : this.#counts.of(hash));
  }

  /** Whom a control has only observed at these operations. */
  ofControl(control: string, operations: readonly string[]): Reach {
    let [people, bound] = [0, 0];
    for (const operation of operations) {
      const one = this.#counts.of(this.#nameOf(operation, control));
      people += one.people;
      bound += one.bound;
    }
    return this.#reachOf({ people, bound });
  }

  void(): void {
    this.#counts.void();
  }

  #reachOf({ bound, people }: { readonly people: number; readonly bound: number }): Reach {
    const all = this.#counts.everybody();
    const isBound = all.bound > all.people * mostAreBound;
    const { beganMs } = this.#counts;
    return {
      people: isBound ? bound : people,
      of: isBound ? all.bound : all.people,
      counted: isBound ? "device-bound" : "signed-in",
      sinceMs: Number.isFinite(beganMs) ? beganMs : undefined,
    };
  }

  /** One name for an operation under a control, in the same space as other keys. */
  #nameOf(operation: string, control: string): number {
    return this.#hash.of(hashKinds.shape, `${control}\n${operation}`);
  }
}
