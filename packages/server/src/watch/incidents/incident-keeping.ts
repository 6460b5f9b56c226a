import { StoreTrouble } from "../store-trouble.ts";
import type { Incident } from "./incident.ts";

/** What is kept of an incident beside all of it. */
interface Kept {
  readonly id: string;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly severity: string;
  readonly state: string;
  readonly detector: string;
  readonly mark: string | undefined;
  readonly document: string;
}

/** Where incidents outlive the program. */
export interface IncidentStore {
  put(incident: Kept): Promise<void>;
  newest(most: number): Promise<readonly string[]>;
  removeBefore(atMs: number): Promise<void>;
}

const everyMs = 1000;
const mostRead = 500;

/**
 * Writes what has changed, once a second, and tries again what the store would not take. An incident
 * that has changed ten times in between is written once.
 */
export class IncidentKeeping {
  readonly #store: IncidentStore;
  readonly #say: (message: string) => void;
  readonly #trouble: StoreTrouble;
  readonly #changed = new Map<string, Incident>();
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> | undefined;

  constructor(store: IncidentStore, say: (message: string) => void) {
    this.#store = store;
    this.#say = say;
    this.#trouble = new StoreTrouble("incidents", say);
    this.#timer = setInterval(() => void this.write(), everyMs).unref();
  }

  /** The newest incidents, the oldest first; none where they cannot be read. */
  async read(): Promise<readonly Incident[]> {
    try {
      const documents = await this.#store.newest(mostRead);
      return documents.map((document) => JSON.parse(document) as Incident).toReversed();
    } catch (fault) {
      this.#say(`incidents from before could not be read: ${(fault as Error).message}`);
      return [];
    }
  }

  /** What nothing was heard of since then is not kept any longer. */
  async removeBefore(atMs: number): Promise<void> {
    for (const { id, lastAtMs } of this.#changed.values())
      if (lastAtMs < atMs) this.#changed.delete(id);
    try {
      await this.#store.removeBefore(atMs);
    } catch (fault) {
      this.#say(`incidents that are too old could not be removed: ${(fault as Error).message}`);
    }
  }

  put(incident: Incident): void {
    this.#changed.set(incident.id, incident);
  }

  /** Writes what has changed, one after another. */
  write(): Promise<void> {
    return (this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined)));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.write();
  }

  async #writeAll(): Promise<void> {
    for (const [id, incident] of this.#changed)
      try {
        await this.#store.put(keptOf(incident));
        this.#trouble.over();
        // What has changed meanwhile is written the next time.
        if (this.#changed.get(id) === incident) this.#changed.delete(id);
      } catch (fault) {
        this.#trouble.note(fault);
        return;
      }
  }
}

function keptOf(incident: Incident): Kept {
  const { detector, id, lastAtMs, mark, severity, startedAtMs, state } = incident;
  const document = JSON.stringify(incident);
  return { id, startedAtMs, lastAtMs, severity, state, detector, mark, document };
}
