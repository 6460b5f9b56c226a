import type { EvidenceRow } from "./owner-evidence.ts";

export interface OwnerSuggestion extends EvidenceRow {
  readonly rule: string;
}

/** Places that held the caller nearly always, the best for each operation first. */
export function suggestOwners(rows: readonly EvidenceRow[], least: number): OwnerSuggestion[] {
  const best = new Map<string, EvidenceRow>();
  for (const row of rows) {
    if (row.equal < least || row.other > row.equal * 0.02) continue;
    const known = best.get(row.operation);
    if (known === undefined || row.equal - row.other * 50 > known.equal - known.other * 50)
      best.set(row.operation, row);
  }
  return [...best.values()].map((row) => ({
    ...row,
    rule: row.place.startsWith("{")
      ? `owner: { param: ${row.place.slice(1, -1)}, is: token.sub }`
      : `owner: { response: ${row.place}, is: token.sub }`,
  }));
}
