import { StoreTrouble } from "../store-trouble.ts";
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

/** Where mutes outlive the program, and other nodes find them. */
export interface MuteStore {
  add(id: string, document: string, endsAtMs: number): Promise<void>;
  remove(id: string): Promise<void>;
  /** The documents of those that have not ended. */
  active(nowMs: number, most: number): Promise<readonly string[]>;
}

const mostMutes = 100;
const readEveryMs = 5000;

/** Mutes with an end: of a kind, of an operation, of one incident. */
export class Mutes {
  readonly #store: MuteStore | undefined;
  readonly #trouble: StoreTrouble;
  readonly #mutes = new Map<string, Mute>();
  /** Those that the store would not take: they hold here alone. */
  readonly #unkept = new Set<string>();
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(store?: MuteStore, say: (message: string) => void = () => undefined) {
    this.#store = store;
    this.#trouble = new StoreTrouble("mutes", say);
  }

  /** What the store has, every few seconds: another node may have written it. */
  async read(nowMs: number): Promise<void> {
    if (this.#store === undefined || nowMs - this.#readMs < readEveryMs) return;
    this.#readMs = nowMs;
    const store = this.#store;
    await this.#trying(async () => {
      const read = (await store.active(nowMs, mostMutes)).map((one) => JSON.parse(one) as Mute);
      for (const id of this.#mutes.keys()) if (!this.#unkept.has(id)) this.#mutes.delete(id);
      for (const mute of read) this.#mutes.set(mute.id, mute);
    });
  }

  async add(mute: Omit<Mute, "id">): Promise<Mute | undefined> {
    if (this.#mutes.size >= mostMutes) return undefined;
    const whole = { id: `m-${randomBytes(4).toString("hex")}`, ...mute };
    const isKept = await this.#trying(() =>
      this.#store?.add(whole.id, JSON.stringify(whole), Math.floor(whole.untilMs)),
    );
    if (!isKept) this.#unkept.add(whole.id);
    this.#mutes.set(whole.id, whole);
    return whole;
  }

  async remove(id: string): Promise<Mute | undefined> {
    const mute = this.#mutes.get(id);
    if (mute !== undefined) await this.#trying(() => this.#store?.remove(id));
    this.#mutes.delete(id);
    this.#unkept.delete(id);
    return mute;
  }

  /** Without the store they hold here, as long as the program runs. */
  async #trying(work: () => Promise<void> | undefined): Promise<boolean> {
    try {
      await work();
      this.#trouble.over();
      return true;
    } catch (fault) {
      this.#trouble.note(fault);
      return false;
    }
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
