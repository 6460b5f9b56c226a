import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What tells a gate's files and records from those of another, and of another start. */
export interface Place {
  readonly number: number;
  /** Of this start: higher than that of every start before it at this place. */
  readonly run: number;
  release(): void;
}

const mostPlaces = 16;

/** Which place a run is of. */
export const placeOf = (run: number): number => run % mostPlaces;

/** SQLITE_BUSY and SQLITE_LOCKED (sqlite.org/rescode.html). */
const isTaken = (fault: unknown): boolean =>
  [5, 6].includes(((fault as { readonly errcode?: number }).errcode ?? 0) & 0xff);

/**
 * Takes the first number that nobody has. A lock of the system holds it, so that it is free again when
 * its process has ended, however it ended. Two gates run beside each other during a restart.
 *
 * @param before the run that goes on, where only the process for records was started anew
 * @throws Error where all are taken, or the folder cannot be written
 */
export function takePlace(folder: string, before: number | undefined): Place {
  for (let number = 0; number < mostPlaces; number += 1) {
    const database = new DatabaseSync(join(folder, `place-${number}.lock`), { timeout: 0 });
    try {
      database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
      database.exec("CREATE TABLE IF NOT EXISTS starts (count INTEGER)");
      const { count } = database.prepare("SELECT count(*) AS count FROM starts").get() as {
        readonly count: number;
      };
      const goesOn = before !== undefined && placeOf(before) === number;
      if (!goesOn) database.exec("INSERT INTO starts VALUES (1)");
      database.exec("COMMIT");
      return {
        number,
        run: goesOn ? before : (count + 1) * mostPlaces + number,
        release: () => database.close(),
      };
    } catch (fault) {
      database.close();
      if (!isTaken(fault)) throw fault;
    }
  }
  throw new Error(`${mostPlaces} gates keep records in ${folder} already`);
}
