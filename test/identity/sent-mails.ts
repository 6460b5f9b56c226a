import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface SentMail {
  readonly to: string;
  readonly purpose: string;
  readonly code?: string;
  /** What has happened, for a notice. */
  readonly event?: string;
  readonly link?: string;
}

const timeoutMs = 10_000;
const everyMs = 10;

/** What a gate whose mail goes to a file has sent. */
export class SentMails {
  readonly #file: string;
  /** How many of a kind to somebody were given to the test. */
  readonly #given = new Map<string, number>();

  constructor(file: string) {
    this.#file = file;
  }

  all(): readonly SentMail[] {
    let text: string;
    try {
      text = readFileSync(this.#file, "utf8");
    } catch {
      return [];
    }
    // What follows the last line end is still being written.
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as SentMail);
  }

  /** @throws Error when none comes in time */
  async next(to: string, purpose: string, event?: string): Promise<SentMail> {
    const kind = JSON.stringify([to, purpose, event]);
    const given = this.#given.get(kind) ?? 0;
    for (const endsAt = performance.now() + timeoutMs; ; await sleep(everyMs)) {
      const found = this.all().filter(
        (mail) =>
          mail.to === to &&
          mail.purpose === purpose &&
          (event === undefined || mail.event === event),
      )[given];
      if (found !== undefined) {
        this.#given.set(kind, given + 1);
        return found;
      }
      if (performance.now() > endsAt)
        throw new Error(`no mail number ${given + 1} of the kind ${purpose} to ${to} came`);
    }
  }
}
