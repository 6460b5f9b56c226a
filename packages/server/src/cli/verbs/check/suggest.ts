import { type EvidenceRow, type OwnerSuggestion, suggestOwners } from "@portcullis/guard/ownership";
import { tableLines, type Terminal } from "../../terminal.ts";
import { askAdmin } from "../../ask-admin.ts";
import { undeclaredFields, undeclaredLines } from "./undeclared-fields.ts";

/** Fewer answers than this prove nothing. */
const least = 20;

/**
 * Owner rules proposed from what a running gate has counted, each with its evidence and its
 * exceptions, and the header fields that would not go on. Exit code 1 when there are any.
 */
export async function suggest(
  admin: string,
  directory: string,
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  const rows = await askAdmin<readonly EvidenceRow[]>(admin, directory, "/evidence");
  const suggestions = suggestOwners(rows, least);
  const undeclared = await undeclaredFields(admin, directory);
  const found = suggestions.length + undeclared.length > 0;
  if (asJson) {
    terminal.out(JSON.stringify({ suggestions, undeclaredFields: undeclared }));
    return found ? 1 : 0;
  }
  sayOwners(suggestions, terminal);
  if (undeclared.length > 0) terminal.out(undeclaredLines(undeclared));
  return found ? 1 : 0;
}

function sayOwners(suggestions: readonly OwnerSuggestion[], terminal: Terminal): void {
  if (suggestions.length === 0) {
    terminal.out(
      `Nothing to propose: no operation without an owner rule has named its caller in ${least} requests or more since the gate was started.`,
    );
    return;
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
}
