import type { ApiDocument } from "@portcullis/guard/documents";
import { type EvidenceRow, type OwnerSuggestion, suggestOwners } from "@portcullis/guard/ownership";
import { tableLines, type Terminal } from "../../terminal.ts";
import { askAdmin } from "../../ask-admin.ts";
import { type DerivedOwner, derivedOwners } from "./derived-owners.ts";
import { undeclaredFields, undeclaredLines } from "./undeclared-fields.ts";
import { unusedLines, unusedSources } from "./unused-sources.ts";

export interface SuggestAt {
  readonly asJson: boolean;
  readonly documents: readonly ApiDocument[];
  /** Whether the policy says already whose the objects of an operation are. */
  readonly hasRule: (operation: string) => boolean;
}

/** Fewer answers than this prove nothing. */
const least = 20;

/**
 * Owner rules proposed from what a running gate has counted, each with its evidence and its
 * exceptions, the header fields that would not go on, and the sources that nobody uses. Exit code 1 when there are any.
 */
export async function suggest(
  admin: string,
  directory: string,
  { asJson, documents, hasRule }: SuggestAt,
  terminal: Terminal,
): Promise<number> {
  const rows = await askAdmin<readonly EvidenceRow[]>(admin, directory, "/evidence");
  const suggestions = suggestOwners(rows, least);
  const derived = derivedOwners(suggestions, documents, hasRule);
  const undeclared = await undeclaredFields(admin, directory);
  const unused = await unusedSources(admin, directory);
  const found = suggestions.length + undeclared.length + unused.length > 0;
  if (asJson) {
    terminal.out(
      JSON.stringify({ suggestions, derived, undeclaredFields: undeclared, unusedSources: unused }),
    );
    return found ? 1 : 0;
  }
  sayOwners(suggestions, derived, terminal);
  if (undeclared.length > 0) terminal.out(undeclaredLines(undeclared));
  if (unused.length > 0) terminal.out(unusedLines(unused));
  return found ? 1 : 0;
}

function sayOwners(
  suggestions: readonly OwnerSuggestion[],
  derived: readonly DerivedOwner[],
  terminal: Terminal,
): void {
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
      ...derived.flatMap(({ from, operation, rule }) => [
        `  # by what was counted at ${from}`,
        `  - match: ${operation}`,
        `    ${rule}`,
      ]),
    ].join("\n"),
  );
}
