import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type EvidenceRow, suggestOwners } from "@portcullis/guard/ownership";
import { Misuse, tableLines, type Terminal } from "../../terminal.ts";

/** Fewer answers than this prove nothing. */
const least = 20;

/**
 * Owner rules proposed from what a running gate has counted, each with its evidence and its
 * exceptions. Exit code 1 when there are any.
 */
export async function suggest(
  admin: string,
  directory: string,
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  const suggestions = suggestOwners(await evidenceOf(admin, directory), least);
  if (asJson) {
    terminal.out(JSON.stringify({ suggestions }));
    return suggestions.length > 0 ? 1 : 0;
  }
  if (suggestions.length === 0) {
    terminal.out(
      `Nothing to propose: no operation without an owner rule has named its caller in ${least} requests or more since the gate was started.`,
    );
    return 0;
  }
  terminal.out(
    tableLines([
      ["OPERATION", "NAMED ITS CALLER", "SOMEBODY ELSE", "RULE"],
      ...suggestions.map(({ equal, operation, other, rule }) => [
        operation,
        String(equal),
        String(other),
        rule,
      ]),
    ]),
  );
  terminal.out(
    [
      "",
      "To add to 'operations' (observe it first; the exceptions are holes, or sharing that the rule must allow):",
      ...suggestions.flatMap(({ operation, rule }) => [`  - match: ${operation}`, `    ${rule}`]),
    ].join("\n"),
  );
  return 1;
}

async function evidenceOf(admin: string, directory: string): Promise<readonly EvidenceRow[]> {
  const file = join(directory, "admin-token");
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch {
    throw new Misuse(
      `the running gate's credential is not at ${file}. Say where it lies with --directory.`,
    );
  }
  const response = await fetch(new URL("/evidence", admin), {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5000),
  }).catch((fault: unknown) => {
    throw new Misuse(
      `no gate answers at ${admin} (${(fault as Error).message}). Start it with 'portcullis up', or say where it is with --admin.`,
    );
  });
  if (!response.ok)
    throw new Misuse(`${admin} answered ${response.status}: is ${file} that gate's credential?`);
  return (await response.json()) as EvidenceRow[];
}
