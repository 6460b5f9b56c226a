/** Something that many requests share and that can be lost: `redis`, `store`, `issuer-keys`, ... */
export interface PartState {
  readonly part: string;
  /** Why it is not available; undefined while it is. */
  readonly lost: string | undefined;
  /** Undefined where it never was. */
  readonly lastGoodMs: number | undefined;
}

interface Noted {
  /** Why, by who says so; a part is lost while anybody who uses it says that it is. */
  readonly lostBy: Map<string, string>;
  lastGoodMs: number | undefined;
  /** Whether its loss was told. */
  isTold: boolean;
}

const notYet = "it has not answered yet";

/** Parts whose users would say so at once if they were lost: they are good at this moment. */
const watchedAlways = new Set(["redis"]);

/** Parts that are opened at the start; others are only known once they were asked. */
const opened = new Set(["redis", "store", "issuer-keys"]);

/** What follows from the loss, for the person who reads of it. */
const consequences: Readonly<Record<string, string>> = {
  redis: "limits and proofs go by what the policy says under onStateLoss",
  clock:
    "tokens are judged by the time as it went on before, and where no other machine says that the " +
    "new time is wrong, by the new one too",
  store:
    "nobody can sign in, and what is revoked is not learnt; the policy says under onStateLoss " +
    "how long tokens are believed all the same",
};

/** Whoever fetches keys says itself what went wrong, at each attempt. */
const saidElsewhere = new Set(["issuer-keys"]);

/**
 * What of the shared parts is there, as those who use them say. The loss of one is told once, and
 * so is its return.
 */
export class SharedParts {
  readonly #parts = new Map<string, Noted>();
  readonly #say: (message: string) => void;

  constructor(say: (message: string) => void) {
    this.#say = say;
  }

  /**
   * @param by who uses it, where several do and each by a connection of its own
   * @param lost why it is not available; undefined: it has answered
   */
  note(part: string, by: string, lost: string | undefined): void {
    const noted = this.#noted(part);
    if (lost === undefined) noted.lostBy.delete(by);
    else if (noted.lostBy.size === 0 && watchedAlways.has(part)) noted.lastGoodMs = Date.now();
    if (lost !== undefined) noted.lostBy.set(by, lost);
    if (noted.lostBy.size === 0) noted.lastGoodMs = Date.now();
    this.#tell(part, noted);
  }

  /** Whoever has ended uses nothing any longer. */
  forget(by: string): void {
    for (const [part, noted] of this.#parts) {
      if (!noted.lostBy.delete(by)) continue;
      this.#tell(part, noted);
    }
  }

  /** @param wanted the parts that the policy asks for; what else was noted is of an older one */
  all(wanted: readonly string[]): readonly PartState[] {
    return wanted.flatMap((part) => {
      const noted = this.#parts.get(part);
      if (noted === undefined)
        return opened.has(part) ? [{ part, lost: notYet, lastGoodMs: undefined }] : [];
      const [lost] = noted.lostBy.values();
      const isGoodNow = lost === undefined && watchedAlways.has(part);
      return [{ part, lost, lastGoodMs: isGoodNow ? Date.now() : noted.lastGoodMs }];
    });
  }

  #noted(part: string): Noted {
    let noted = this.#parts.get(part);
    if (noted === undefined) {
      noted = { lostBy: new Map(), lastGoodMs: undefined, isTold: false };
      this.#parts.set(part, noted);
    }
    return noted;
  }

  #tell(part: string, noted: Noted): void {
    const [lost] = noted.lostBy.values();
    const isLost = lost !== undefined;
    if (isLost === noted.isTold) return;
    noted.isTold = isLost;
    const consequence = consequences[part] ?? "what must be asked of it is refused";
    if (saidElsewhere.has(part)) return;
    this.#say(isLost ? `${part} is lost (${lost}): ${consequence}` : `${part} answers again`);
  }
}

/** In the text format of Prometheus. */
export function partsText(parts: readonly PartState[]): string {
  if (parts.length === 0) return "";
  const good = parts.filter(({ lastGoodMs }) => lastGoodMs !== undefined);
  return [
    "# HELP portcullis_part_available Whether a part that many requests share answers.",
    "# TYPE portcullis_part_available gauge",
    ...parts.map(
      ({ lost, part }) =>
        `portcullis_part_available{part=${JSON.stringify(part)}} ${lost === undefined ? 1 : 0}`,
    ),
    "# HELP portcullis_part_last_good_timestamp_seconds When a shared part has last answered.",
    "# TYPE portcullis_part_last_good_timestamp_seconds gauge",
    ...good.map(
      ({ lastGoodMs, part }) =>
        `portcullis_part_last_good_timestamp_seconds{part=${JSON.stringify(part)}} ${(lastGoodMs as number) / 1000}`,
    ),
    "",
  ].join("\n");
}
