import { existsSync, readFileSync, writeFileSync } from "node:fs";
import {
  anyone,
  coverageOf,
  type Plan,
  type RoleMatrix,
  roleMatrix,
} from "@portcullis/guard/policy";
import { Misuse, tableLines, type Terminal } from "../../terminal.ts";

/** Prints the matrix; with a snapshot, what has widened since. Exit code 1 when something has. */
export function showMatrix(
  plan: Plan,
  snapshotFile: string | undefined,
  accept: boolean,
  asJson: boolean,
  terminal: Terminal,
): number {
  const matrix = roleMatrix(plan);
  const widened =
    snapshotFile === undefined || !existsSync(snapshotFile)
      ? []
      : widenings(readSnapshot(snapshotFile), matrix);
  const kept = snapshotFile !== undefined && (accept || !existsSync(snapshotFile));
  if (kept) writeFileSync(snapshotFile, `${JSON.stringify(matrix, null, 2)}\n`);
  const objects = objectsOf(plan);
  if (asJson) terminal.out(JSON.stringify({ matrix, objects, widened, kept }));
  else {
    const columns = [...new Set(Object.values(matrix).flat())].sort();
    terminal.out(
      tableLines([
        ["OPERATION", ...columns, "OBJECTS"],
        ...Object.entries(matrix).map(([name, may]) => [
          name,
          ...columns.map((column) => (may.includes(column) || may.includes(anyone) ? "yes" : "-")),
          objects[name] ?? "-",
        ]),
      ]),
    );
    for (const line of widened) terminal.out(`wider: ${line}`);
    if (kept) terminal.out(`\nKept in ${snapshotFile}: a later run names what has widened.`);
    else if (widened.length > 0)
      terminal.out("\nIf this is meant, run the same command with --accept.");
  }
  return widened.length > 0 && !accept ? 1 : 0;
}

/** Of whose objects the callers of an operation see which, in the words of the coverage table. */
const objectsOf = (plan: Plan): Readonly<Record<string, string>> =>
  Object.fromEntries(
    coverageOf(plan).rows.map(({ cells, plan: { name } }) => [name, cells["owner"] ?? "-"]),
  );

function readSnapshot(file: string): RoleMatrix {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RoleMatrix;
  } catch {
    throw new Misuse(
      `${file} is not a snapshot that this command has written. Remove it, and the next run writes a new one.`,
    );
  }
}

/**
 * Callers that may enter now and could not before. An operation that is new is wider where anybody
 * may enter it.
 */
export function widenings(before: RoleMatrix, now: RoleMatrix): string[] {
  return Object.entries(now).flatMap(([name, may]) => {
    const could = Object.hasOwn(before, name) ? (before[name] ?? []) : [];
    return could.includes(anyone)
      ? []
      : may
          .filter((caller) => !could.includes(caller))
          .map(
            (caller) =>
              `${name} for ${caller}${Object.hasOwn(before, name) ? "" : " (a new operation)"}`,
          );
  });
}
