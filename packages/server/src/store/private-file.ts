import { chmodSync, closeSync, openSync, statSync } from "node:fs";

const ownerOnly = 0o600;
const others = 0o077;
/** What SQLite keeps beside a database; it gives new ones the mode of the database. */
const besides = ["", "-wal", "-shm", "-journal"];

/**
 * Makes a database that only this user may read and write, wherever it lies: made before SQLite
 * makes it, which would leave that to the umask. Files of an older program are closed to others.
 *
 * @throws Error in words for a person, when they cannot be closed: hashes of passwords lie there
 */
export function keepPrivate(database: string): void {
  closeSync(openSync(database, "a", ownerOnly));
  for (const end of besides) {
    const file = `${database}${end}`;
    const { mode = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (process.platform === "win32" || (mode & others) === 0) continue;
    try {
      chmodSync(file, ownerOnly);
    } catch (fault) {
      throw new Error(
        `${file} can be read by other users of this machine, and it cannot be closed to them: ` +
          `${(fault as Error).message}. Let it belong to the user that runs this program`,
        { cause: fault },
      );
    }
  }
}
