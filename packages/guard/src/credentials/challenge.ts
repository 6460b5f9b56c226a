import type { Refusal } from "../refusal.ts";
import { rowOf } from "../refusal.ts";

/** Adds the WWW-Authenticate field that fits a refusal (RFC 6750 section 3): no error is named where no credential came. */
export function challenge(refusal: Refusal): Refusal {
  if (rowOf(refusal).status !== 401 || refusal.headers !== undefined) return refusal;
  const value = refusal.code === "credential-missing" ? "Bearer" : `Bearer error="${refusal.code === "credential-malformed" ? "invalid_request" : "invalid_token"}"`;
  return { ...refusal, headers: [["WWW-Authenticate", value]] };
}
