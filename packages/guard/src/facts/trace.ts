import { randomFillSync } from "node:crypto";

const traceparentForm = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Random bytes are asked for by the page: one call for each request would cost more than the rest. */
const pool = Buffer.allocUnsafe(4096);
let digits = "";
let used = 0;

/** @param length how many digits */
function randomHex(length: number): string {
  if (used + length > digits.length) {
    digits = randomFillSync(pool).toString("hex");
    used = 0;
  }
  const text = digits.slice(used, used + length);
  used += length;
  return text;
}

/** Continues the caller's trace when it is well-formed (W3C Trace Context), or begins one. */
export function traceOf(traceparent: string | undefined): string {
  const match = traceparent === undefined ? null : traceparentForm.exec(traceparent);
  return match?.[1] ?? randomHex(32);
}

/** A new span of the same trace, for the backend. */
export const childTraceparent = (traceId: string): string => `00-${traceId}-${randomHex(16)}-01`;
