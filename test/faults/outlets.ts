import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync } from "node:fs";
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
