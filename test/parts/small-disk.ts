import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { findProgram } from "./find-program.ts";
import { type Find, PartMissing } from "./part.ts";

/** A disk of four mebibytes, which a test may fill. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  clear(): void;
}

export function findSmallDisk(): Find<string> {
  const place = process.env["PORTCULLIS_TEST_MOUNT"] ?? findProgram(["mount"]);
  if (place === undefined) return { missing: "needs mount, which is not installed" };
  return process.getuid?.() === 0 ? { place } : { missing: "is mounted by root alone" };
}

/** @throws PartMissing where even root may not mount, as in most containers */
export function openSmallDisk(mount: string, context: TestContext): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-disk-"));
  const { status, stderr } = spawnSync(
    mount,
    ["-t", "tmpfs", "-o", "size=4096k", "tmpfs", folder],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new PartMissing(`could not be mounted: ${stderr.trim()}`);
  context.after(() => spawnSync("umount", ["--lazy", folder]));
  const filler = join(folder, "filler");
  return {
    folder,
    fill() {
      const descriptor = openSync(filler, "w");
      const part = Buffer.alloc(4096);
      try {
        for (;;) writeSync(descriptor, part);
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== "ENOSPC") throw fault;
      } finally {
        closeSync(descriptor);
      }
    },
    clear: () => unlinkSync(filler),
  };
}
