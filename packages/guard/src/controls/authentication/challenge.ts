import type { Refusal } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import { problems } from "./problems.ts";

/**
 * Adds the WWW-Authenticate field that fits a refusal (RFC 6750 section 3): no error is named where
 * no credential came.
 */
export function challenge(refusal: Refusal): Refusal {
  const { headers, problem } = refusal;
  if (problem.status !== 401 || headers !== undefined) return refusal;
  if (problem === signInProblems["credential-missing"])
    return { ...refusal, headers: [["WWW-Authenticate", "Bearer"]] };
  const error = problem === problems["credential-malformed"] ? "invalid_request" : "invalid_token";
  return { ...refusal, headers: [["WWW-Authenticate", `Bearer error="${error}"`]] };
}
