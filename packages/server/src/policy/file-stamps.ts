import { statSync } from "node:fs";
import { stat } from "node:fs/promises";

interface Stat {
  readonly ino: number;
  readonly mtimeMs: number;
  readonly size: number;
}

const words = ({ ino, mtimeMs, size }: Stat): string => `${ino} ${mtimeMs} ${size}`;
const absent = "absent";

/**
 * What files were like just before they were read: whoever saves one while it is read is noticed
 * afterwards.
 */
export class FileStamps {
  readonly #all = new Map<string, string>();

  constructor(files: readonly string[] = []) {
    for (const file of files) this.note(file);
  }

  /** The first look at a file counts. */
  note(file: string): void {
    if (!this.#all.has(file)) this.#all.set(file, stampOf(file));
  }

  get all(): ReadonlyMap<string, string> {
    return this.#all;
  }
}

function stampOf(file: string): string {
  try {
    return words(statSync(file));
  } catch {
    return absent;
  }
}

/** What these files are like now. A disk that does not answer holds nobody up. */
export async function stampsNow(files: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const stamps = new Map<string, string>();
  for (const file of files) stamps.set(file, await stat(file).then(words, () => absent));
  return stamps;
}
