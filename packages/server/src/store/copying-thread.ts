import { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";

/**
 * Writes SQLite's log back into the database, beside those who read and write meanwhile (PASSIVE
 * waits for nobody), and waits for the disk where nobody else does.
 */
const database = new DatabaseSync(workerData as string);
database.exec("PRAGMA busy_timeout=0; PRAGMA synchronous=NORMAL");
database.exec("PRAGMA wal_checkpoint(PASSIVE)");
database.close();
