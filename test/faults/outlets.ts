import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a program writes to, and what becomes of it. */
export interface Outlet {
  /** Of the end that the program is given. */
  readonly descriptor: number;
  /** Whoever reads goes away. */
  leave(): void;
  /** Reads what is there now. */
  read(): string;
  close(): void;
}

/** A pipe of the system's, whose reader does nothing until it is told to. */
export function pipeOutlet(): Outlet {
  const path = join(mkdtempSync(join(tmpdir(), "portcullis-outlet-")), "pipe");
  execFileSync("mkfifo", [path]);
  let reader: number | undefined = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const descriptor = openSync(path, "w");
  const leave = (): void => {
    if (reader !== undefined) closeSync(reader);
    reader = undefined;
  };
  return {
    descriptor,
    leave,
    read: () => (reader === undefined ? "" : readAll(reader)),
    close() {
      leave();
      closeSync(descriptor);
    },
  };
}

function readAll(descriptor: number): string {
  const part = Buffer.alloc(1 << 20);
  let text = "";
  try {
    for (let read = -1; read !== 0; text += part.toString("utf8", 0, read))
      read = readSync(descriptor, part);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== "EAGAIN") throw fault;
  }
  return text;
}

/** A small disk of its own. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  clear(): void;
  close(): void;
}

/** @returns undefined where this user may not mount a disk */
export function smallDisk(kilobytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  return {
    folder,
    fill() {
      const descriptor = openSync(join(folder, "filler"), "w");
      const part = Buffer.alloc(4096);
      try {
        for (;;) writeSync(descriptor, part);
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== "ENOSPC") throw fault;
      } finally {
        closeSync(descriptor);
      }
    },
    clear: () => unlinkSync(join(folder, "filler")),
    close: () => void execFileSync("umount", ["--lazy", folder]),
  };
}
