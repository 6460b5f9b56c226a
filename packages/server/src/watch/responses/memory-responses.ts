import { holdsAt, type Response, type ResponseStore } from "./response.ts";

const mostKept = 1000;

/** Responses of a program without a store: they last as long as it runs. */
export class MemoryResponses implements ResponseStore {
  #all: readonly Response[] = [];
  #changes = 0;

  async add(response: Response): Promise<void> {
    this.#set([...this.#all, response].slice(-mostKept));
  }

  async prolong(id: string, endsAtMs: number, nowMs: number): Promise<void> {
    this.#set(
      this.#all.map((one) => (one.id === id && holdsAt(one, nowMs) ? { ...one, endsAtMs } : one)),
    );
  }

  async undo(id: string, by: string, nowMs: number): Promise<Response | undefined> {
    const found = this.#all.find((one) => one.id === id);
    if (found === undefined || !holdsAt(found, nowMs)) return undefined;
    const undone = { ...found, undoneAtMs: nowMs, undoneBy: by };
    this.#set(this.#all.map((one) => (one === found ? undone : one)));
    return undone;
  }

  async active(nowMs: number, most: number): Promise<readonly Response[]> {
    return this.#all.filter((one) => holdsAt(one, nowMs)).slice(0, most);
  }

  async ofIncident(incident: string): Promise<readonly Response[]> {
    return this.#all.filter((one) => one.incident === incident).toReversed();
  }

  async mark(): Promise<string> {
    return String(this.#changes);
  }

  async removeBefore(endedAtMs: number): Promise<void> {
    this.#set(this.#all.filter((one) => one.endsAtMs >= endedAtMs));
  }

  #set(all: readonly Response[]): void {
    this.#all = all;
    this.#changes += 1;
  }
}
