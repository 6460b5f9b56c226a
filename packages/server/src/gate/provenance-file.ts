import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { allocateSharedProvenance, type SharedProvenance } from "@portcullis/guard/state";

const keptIds = 2_097_152;
const seedBytes = 16;
const saveEveryMs = 15_000;

export interface ProvenanceFile {
  readonly shared: SharedProvenance;
  close(): void;
}

/**
 * What callers were shown, kept across restarts: read at the start, written now and then and at the
 * end. Nothing where no rule asks for it, or where Redis has it.
 */
export function openProvenance(directory: string, wanted: boolean): ProvenanceFile {
  if (!wanted) return { shared: allocateSharedProvenance(0, [0, 0, 0, 0]), close: () => undefined };
  const file = join(directory, "provenance");
  const kept = read(file);
  const seed = kept?.subarray(0, seedBytes) ?? randomBytes(seedBytes);
  const shared = allocateSharedProvenance(
    keptIds,
    [0, 4, 8, 12].map((at) => seed.readInt32LE(at)) as [number, number, number, number],
  );
  const bytes = Buffer.from(shared.memory);
  const idBytes = bytes.length - shared.sets * 4;
  if (kept?.length === seedBytes + idBytes) kept.copy(bytes, 0, seedBytes);
  const save = (): void => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, Buffer.concat([seed, bytes.subarray(0, idBytes)]), {
      mode: 0o600,
    });
    renameSync(`${file}.new`, file);
  };
  const timer = setInterval(save, saveEveryMs);
  timer.unref();
  return {
    shared,
    close() {
      clearInterval(timer);
      save();
    },
  };
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw fault;
    return undefined;
  }
}
