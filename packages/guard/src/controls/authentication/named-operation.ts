import type { Operation } from "../../document/api-document.ts";
import { nearest } from "../../reading/nearest-name.ts";
import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";

/** An operation that a source of callers names. */
export interface NamedOperation {
  /** The place of its API among the plan's. */
  readonly api: number;
  readonly operation: Operation;
  /** As the plan names it. */
  readonly name: string;
}

/** Finds an operation by its operationId, or by `METHOD /path` where the document gives none. */
export function findOperation(
  written: string,
  path: PolicyPath,
  { documents, note }: JoinContext,
): NamedOperation | undefined {
  const names: string[] = [];
  for (const [api, { operations }] of documents.entries())
    for (const operation of operations) {
      const { key, operationId } = operation;
      if (operationId === written || key === written)
        return { api, operation, name: operationId ?? key };
      names.push(operationId ?? key);
    }
  const meant = nearest(written, names);
  note(path, `no document has an operation '${written}'`, {
    expected: "an operationId, or METHOD /path",
    ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
  });
  return undefined;
}
