import type { DecisionRecord } from "@portcullis/guard/records";
import { tableLines } from "../../terminal.ts";
import { askAdmin } from "../../ask-admin.ts";

/** A header field that callers send and no document declares. */
export interface UndeclaredField {
  readonly operation: string;
  readonly field: string;
  /** In how many of the newest requests it was. */
  readonly requests: number;
}

const most = 1000;

/**
 * Fields that `headers: { forward: listed }` takes out, or would where it is observed, among the
 * newest requests that had any.
 */
export async function undeclaredFields(
  admin: string,
  directory: string,
): Promise<readonly UndeclaredField[]> {
  const { items } = await askAdmin<{ readonly items: readonly DecisionRecord[] }>(
    admin,
    directory,
    `/records?code=header-undeclared&most=${most}`,
  );
  const counts = new Map<string, UndeclaredField>();
  for (const { decisions, operation } of items)
    for (const field of decisions.flatMap(fieldsOf)) {
      const key = `${operation} ${field}`;
      const requests = (counts.get(key)?.requests ?? 0) + 1;
      counts.set(key, { operation, field, requests });
    }
  return [...counts.values()].sort(
    (a, b) => a.operation.localeCompare(b.operation) || b.requests - a.requests,
  );
}

const fieldsOf = ({ at = [], code }: DecisionRecord["decisions"][number]): string[] =>
  code === "header-undeclared"
    ? at.flatMap((place) => /^header (.+) undeclared$/.exec(place)?.[1] ?? [])
    : [];

export const undeclaredLines = (fields: readonly UndeclaredField[]): string =>
  [
    "",
    "Header fields that callers send and no document declares. headers: { forward: listed } takes them out; what a backend reads of them is a header parameter of its document:",
    tableLines([
      ["OPERATION", "FIELD", "REQUESTS"],
      ...fields.map(({ field, operation, requests }) => [operation, field, String(requests)]),
    ]),
  ].join("\n");
