import type { Response, ResponseStore } from "../watch/responses/response.ts";
import type { StoreSealing } from "../store/sealing.ts";
import type { KeptResponse, ResponseRows } from "../store/tables/responses.ts";

const mostShown = 200;

/** Whatever is not a column of its own. */
type Document = Omit<
  Response,
  "createdAtMs" | "endsAtMs" | "id" | "incident" | "key" | "undoneAtMs" | "undoneBy"
>;

/**
 * Responses in the store. Whom one is about is sealed: a copy of the database names nobody, not
 * even by what somebody who knows the secret of signals could try names against.
 */
export class KeptResponses implements ResponseStore {
  readonly #rows: ResponseRows;
  readonly #sealing: Pick<StoreSealing, "open" | "seal">;

  constructor(rows: ResponseRows, sealing: Pick<StoreSealing, "open" | "seal">) {
    this.#rows = rows;
    this.#sealing = sealing;
  }

  add(response: Response): Promise<void> {
    const { createdAtMs, endsAtMs, id, incident, key, undoneAtMs, undoneBy, ...rest } = response;
    const document: Document = rest;
    return this.#rows.add({
      id,
      incident,
      document: JSON.stringify(document),
      hidden: Buffer.from(this.#sealing.seal(JSON.stringify(key), placeOf(id))).toString("base64"),
      createdAtMs,
      endsAtMs,
      undoneAtMs,
      undoneBy,
    });
  }

  prolong(id: string, endsAtMs: number, nowMs: number): Promise<void> {
    return this.#rows.prolong(id, endsAtMs, nowMs);
  }

  async undo(id: string, by: string, nowMs: number): Promise<Response | undefined> {
    const undone = await this.#rows.undo(id, by, nowMs);
    return undone === undefined ? undefined : this.#responseOf(undone);
  }

  async active(nowMs: number, most: number): Promise<readonly Response[]> {
    return (await this.#rows.active(nowMs, most)).map((row) => this.#responseOf(row));
  }

  async ofIncident(incident: string): Promise<readonly Response[]> {
    return (await this.#rows.ofIncident(incident, mostShown)).map((row) => this.#responseOf(row));
  }

  mark(): Promise<string> {
    return this.#rows.mark();
  }

  removeBefore(endedAtMs: number): Promise<void> {
    return this.#rows.removeBefore(endedAtMs);
  }

  #responseOf({ document, hidden, ...rest }: KeptResponse): Response {
    const kept = { control: undefined, ...(JSON.parse(document) as object) } as Document;
    return { ...kept, ...rest, key: this.#keyOf(rest.id, hidden) };
  }

  /** One that was sealed with a key that is gone is about nobody, and can be taken back still. */
  #keyOf(id: string, hidden: string): Response["key"] {
    try {
      const text = this.#sealing.open(Buffer.from(hidden, "base64"), placeOf(id));
      return JSON.parse(text) as Response["key"];
    } catch {
      return { kind: "everybody", hash: 0 };
    }
  }
}

const placeOf = (id: string): string => `response:${id}`;
