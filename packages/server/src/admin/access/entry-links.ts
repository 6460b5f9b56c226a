import { createHash, randomBytes } from "node:crypto";
import type { ConsoleLinkRecord } from "../../store/tables/console-links.ts";
import type { AdminRole } from "../administrator.ts";
import { type AccessTables, ConsoleFault, nameOf } from "./console-person.ts";

const linkForMs = 600_000;
const secretBytes = 32;
const secretForm = /^[A-Za-z0-9_-]{43}$/;

export interface NewLink {
  /** The part behind `#`, which browsers send to nobody: no log and no proxy sees it. */
  readonly secret: string;
  readonly endsAtMs: number;
}

/** Links that let somebody in, each once and for ten minutes. Only their hashes are kept. */
export class EntryLinks {
  readonly #tables: Pick<AccessTables, "consoleLinks">;
  readonly #now: () => number;

  constructor(tables: Pick<AccessTables, "consoleLinks">, now: () => number) {
    this.#tables = tables;
    this.#now = now;
  }

  /**
   * @param name undefined: whoever opens it chooses one
   * @throws ConsoleFault
   */
  async issue(role: AdminRole, createdBy: string, name?: string): Promise<NewLink> {
    const secret = randomBytes(secretBytes).toString("base64url");
    const endsAtMs = this.#now() + linkForMs;
    const known = name === undefined ? undefined : nameOf(name);
    await this.#tables.consoleLinks.removeEnded(this.#now());
    await this.#tables.consoleLinks.add({
      hash: linkHash(secret),
      name: known,
      role,
      createdBy,
      endsAtMs,
    });
    return { secret, endsAtMs };
  }

  /** What a link is for. Looking spends nothing. @throws ConsoleFault where it opens nothing */
  async look(secret: string): Promise<ConsoleLinkRecord> {
    const found = secretForm.test(secret)
      ? await this.#tables.consoleLinks.find(linkHash(secret), this.#now())
      : undefined;
    if (found === undefined) throw linkEnded();
    return found;
  }
}

export const linkEnded = (): ConsoleFault =>
  new ConsoleFault(
    "link-ended",
    "This link opens nothing: it was used, or its ten minutes are over. Ask for another.",
  );

/** 256 random bits cannot be guessed, so that a plain hash tells nothing. */
const linkHash = (secret: string): string => createHash("sha256").update(secret).digest("hex");
