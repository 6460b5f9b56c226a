import type { EvidenceRow } from "./owner-evidence.ts";

export interface OwnerSuggestion extends EvidenceRow {
  readonly rule: string;
}

/**
 * Places that held the caller nearly always, the best for each operation first. That everybody who
 * is named is the caller says more than that somebody is, and a subject more than another claim.
 */
export function suggestOwners(rows: readonly EvidenceRow[], least: number): OwnerSuggestion[] {
  const best = new Map<string, EvidenceRow>();
  for (const row of rows) {
    if (row.equal < least || row.other > row.equal * 0.02) continue;
    // Of the list that an answer is, every element must be the caller's.
    if (row.some && row.place.startsWith("/*/")) continue;
    const known = best.get(row.operation);
    if (known === undefined || rank(row) > rank(known)) best.set(row.operation, row);
  }
  return [...best.values()].map((row) => ({ ...row, rule: `owner: { ${ruleOf(row)} }` }));
}

const rank = ({ claim, equal, other, some }: EvidenceRow): number =>
  equal - other * 50 - (some ? equal / 2 : 0) + (claim === "token.sub" ? 0.5 : 0);

const ruleOf = ({ claim, place, some }: EvidenceRow): string =>
  place.startsWith("{")
    ? `param: ${place.slice(1, -1)}, is: ${claim}`
    : `response: ${place}, is: ${claim}${some ? ", some: true" : ""}`;
