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
  readonly #keepMs: number;
  readonly #say: (message: string) => void;
  readonly #changed = new Map<string, Incident>();
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> | undefined;
  #isLost = false;

  constructor(store: IncidentStore, keepMs: number, say: (message: string) => void) {
    this.#store = store;
    this.#keepMs = keepMs;
    this.#say = say;
    this.#timer = setInterval(() => void this.write(), everyMs).unref();
  }

  /** The newest incidents, the oldest first; none where they cannot be read. */
  async read(nowMs: number): Promise<readonly Incident[]> {
    try {
      await this.#store.removeBefore(nowMs - this.#keepMs);
      const documents = await this.#store.newest(mostRead);
      return documents.map((document) => JSON.parse(document) as Incident).toReversed();
    } catch (fault) {
      this.#say(`incidents from before could not be read: ${(fault as Error).message}`);
      return [];
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
        this.#isLost = false;
        // What has changed meanwhile is written the next time.
        if (this.#changed.get(id) === incident) this.#changed.delete(id);
      } catch (fault) {
        if (!this.#isLost) this.#say(`incidents cannot be kept: ${(fault as Error).message}`);
        this.#isLost = true;
        return;
      }
  }
}

function keptOf(incident: Incident): Kept {
  const { detector, id, lastAtMs, mark, severity, startedAtMs, state } = incident;
  const document = JSON.stringify(incident);
  return { id, startedAtMs, lastAtMs, severity, state, detector, mark, document };
}
