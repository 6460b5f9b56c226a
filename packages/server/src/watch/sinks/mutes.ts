import { randomBytes } from "node:crypto";
import type { Incident } from "../incidents/incident.ts";

/** What nobody wants to hear of for a while. It is found and kept all the same. */
export interface Mute {
  readonly id: string;
  readonly kind?: string;
  readonly operation?: string;
  readonly incident?: string;
  readonly reason: string;
  readonly by: string;
  readonly untilMs: number;
}

const mostMutes = 100;

/** Mutes with an end: of a kind, of an operation, of one incident. */
export class Mutes {
  readonly #mutes = new Map<string, Mute>();

  add(mute: Omit<Mute, "id">): Mute | undefined {
    if (this.#mutes.size >= mostMutes) return undefined;
    const whole = { id: `m-${randomBytes(4).toString("hex")}`, ...mute };
    this.#mutes.set(whole.id, whole);
    return whole;
  }

  remove(id: string): Mute | undefined {
    const mute = this.#mutes.get(id);
    this.#mutes.delete(id);
    return mute;
  }

  all(nowMs: number): readonly Mute[] {
    for (const [id, { untilMs }] of this.#mutes) if (untilMs <= nowMs) this.#mutes.delete(id);
    return [...this.#mutes.values()];
  }

  isMuted({ id, kind, operations }: Incident, nowMs: number): boolean {
    return this.all(nowMs).some(
      (mute) =>
        (mute.incident ?? id) === id &&
        (mute.kind ?? kind) === kind &&
        (mute.operation === undefined || operations.includes(mute.operation)),
    );
  }
}
