import { rowOf, type Refusal } from "./refusal.ts";

/** The body of a refusal (RFC 9457). The type is a path on the gate that explains it, unless a registered one fits. */
export function problemDocument(refusal: Refusal, traceId: string): string {
  const row = rowOf(refusal);
  const document: Record<string, unknown> = {
    type: refusal.type ?? `/problems/${refusal.code}`,
    title: row.title,
    status: row.status,
    detail: row.public,
    code: refusal.code,
    traceId,
  };
  if (refusal.violations !== undefined) document["errors"] = refusal.violations;
  if (refusal.retryAfterSeconds !== undefined) document["retryAfterSeconds"] = refusal.retryAfterSeconds;
  return JSON.stringify(document);
}
