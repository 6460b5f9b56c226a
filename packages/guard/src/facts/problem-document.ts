import { STATUS_CODES } from "node:http";
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

/** The body of an answer of which only the status may leave (RFC 9457 section 4.2.1). */
export const statusDocument = (status: number, traceId: string): string =>
  JSON.stringify({
    type: "about:blank",
    title: STATUS_CODES[status] ?? `Status ${status}`,
    status,
    code: "answer-undeclared",
    traceId,
  });
