import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file whole or not at all, readable by this user only: a disk that is full, or a machine
 * that stops, leaves the old one or none, never half of the new one.
 */
export function writeWhole(file: string, text: string): void {
  const draft = writeDraft(file, text);
  renameSync(draft, file);
  syncFolder(file);
}

/**
 * What a file holds, or what is made for it now. Of two programs that start at once, both get what
 * the first has made. A file without content is what a full disk once left: it is made anew.
 *
 * @returns whether it was made, and the text without blanks around it
 */
export function readOrMake(
  file: string,
  make: () => string,
): { readonly text: string; readonly made: boolean } {
  const kept = readText(file);
  if (kept !== undefined && kept !== "") return { text: kept, made: false };
  if (kept === "") rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const text = make();
  const draft = writeDraft(file, `${text}\n`);
  try {
    linkSync(draft, file);
    syncFolder(file);
    return { text, made: true };
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== "EEXIST") throw fault;
    return { text: readText(file) ?? text, made: false };
  } finally {
    rmSync(draft, { force: true });
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fault;
  }
}

function writeDraft(file: string, text: string): string {
  const draft = `${file}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    sync(draft);
    return draft;
  } catch (fault) {
    rmSync(draft, { force: true });
    if ((fault as NodeJS.ErrnoException).code !== "ENOSPC") throw fault;
    const words = `${file} could not be written, because the disk is full. Make room there.`;
    throw new Error(words, { cause: fault });
  }
}

/** A name that only the memory knows is lost with the machine's power. */
function syncFolder(file: string): void {
  try {
    sync(dirname(file));
  } catch {
    // Some file systems have no such thing for folders; the file is whole either way.
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
