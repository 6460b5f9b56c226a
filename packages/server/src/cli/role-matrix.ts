import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { compileEntry, compileHeldScopes } from "@portcullis/guard/authorization/entry";
import type { Plan } from "@portcullis/guard/policy/plan";
import { Misuse, tableLines, type Terminal } from "./terminal.ts";

/** Who may enter which operation: by operation, the callers that may. */
export type RoleMatrix = Readonly<Record<string, readonly string[]>>;

const stranger = "(anyone)";
const signedIn = "(signed in)";

/** A role is taken with the scopes that the policy gives it; a token may bring more. */
export function roleMatrix(plan: Plan): RoleMatrix {
  const heldScopes = compileHeldScopes(plan.roles);
  const roles = [...new Set([...Object.keys(plan.roles), ...plan.apis.flatMap((api) => api.operations.flatMap((operation) => operation.entry?.roles ?? []))])];
  const rows = plan.apis.flatMap((api) =>
    api.operations.map(({ carriesRequests, entry: rule, name }) => {
      const entry = carriesRequests === "closed" ? undefined : rule;
      const judge = compileEntry(entry, heldScopes);
      const enters = (roleNames: readonly string[]): boolean => judge?.({ scopes: [], roles: roleNames }) === undefined;
      const may = entry?.anonymous === true ? [stranger] : [...(enters([]) ? [signedIn] : []), ...roles.filter((role) => enters([role]))];
      return [name, may] as const;
    }),
  );
  return Object.fromEntries(rows);
}

/** Prints the matrix; with a snapshot, what has widened since. Exit code 1 when something has. */
export function showMatrix(plan: Plan, snapshotFile: string | undefined, accept: boolean, asJson: boolean, terminal: Terminal): number {
  const matrix = roleMatrix(plan);
  const widened = snapshotFile === undefined || !existsSync(snapshotFile) ? [] : widenings(readSnapshot(snapshotFile), matrix);
  const kept = snapshotFile !== undefined && (accept || !existsSync(snapshotFile));
  if (kept) writeFileSync(snapshotFile, `${JSON.stringify(matrix, null, 2)}\n`);
  if (asJson) terminal.out(JSON.stringify({ matrix, widened, kept }));
  else {
    const columns = [...new Set(Object.values(matrix).flat())].sort();
    terminal.out(tableLines([["OPERATION", ...columns], ...Object.entries(matrix).map(([name, may]) => [name, ...columns.map((column) => (may.includes(column) || may.includes(stranger) ? "yes" : "-"))])]));
    for (const line of widened) terminal.out(`wider: ${line}`);
    if (kept) terminal.out(`\nKept in ${snapshotFile}: a later run names what has widened.`);
    else if (widened.length > 0) terminal.out("\nIf this is meant, run the same command with --accept.");
  }
  return widened.length > 0 && !accept ? 1 : 0;
}

function readSnapshot(file: string): RoleMatrix {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RoleMatrix;
  } catch {
    throw new Misuse(`${file} is not a snapshot that this command has written. Remove it, and the next run writes a new one.`);
  }
}

/** Callers that may enter now and could not before. An operation that is new is wider where anybody may enter it. */
export function widenings(before: RoleMatrix, now: RoleMatrix): string[] {
  return Object.entries(now).flatMap(([name, may]) => {
    const could = Object.hasOwn(before, name) ? (before[name] ?? []) : [];
    return could.includes(stranger) ? [] : may.filter((caller) => !could.includes(caller)).map((caller) => `${name} for ${caller}${Object.hasOwn(before, name) ? "" : " (a new operation)"}`);
  });
}
