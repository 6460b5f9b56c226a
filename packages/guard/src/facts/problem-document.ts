import type { Refusal } from "./refusal.ts";

/**
 * The body of a refusal (RFC 9457). The type is a path on the gate that explains it, unless a
 * registered one fits.
 */
export function problemDocument(refusal: Refusal, traceId: string): string {
  const { problem, retryAfterSeconds, type, violations } = refusal;
  const document: Record<string, unknown> = {
    type: type ?? `/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.sentence,
    code: problem.code,
    traceId,
  };
  if (violations !== undefined) document["errors"] = violations;
  if (retryAfterSeconds !== undefined) document["retryAfterSeconds"] = retryAfterSeconds;
  return JSON.stringify(document);
}
