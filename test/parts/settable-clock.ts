import { existsSync, globSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Find } from "./part.ts";

/** A wall clock of one program's own, which a test sets while the program runs. */
export interface SettableClock {
  /** What the program is started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** How far the program's wall clock is from this machine's, in seconds. */
  set(bySeconds: number): void;
}

export function findFakeTime(): Find<string> {
  const named = process.env["PORTCULLIS_TEST_FAKETIME"];
  if (named !== undefined)
    return existsSync(named) ? { place: named } : { missing: `is not at ${named}` };
  const [place] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");
  return place === undefined ? { missing: "is not installed" } : { place };
}

export function openSettableClock(library: string): Promise<SettableClock> {
  const file = join(mkdtempSync(join(tmpdir(), "portcullis-clock-")), "time");
  const set = (bySeconds: number): void =>
    writeFileSync(file, `${bySeconds < 0 ? "" : "+"}${bySeconds}\n`);
  set(0);
  return Promise.resolve({
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    },
    set,
  });
}
