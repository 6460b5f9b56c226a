import type { PortcullisProblem } from "./problems.ts";

interface Row {
  readonly status: number;
  readonly reason: string;
}

/** RFC 9110 section 9.2.1, and RFC 10008: what these ask for changes nothing. */
const safe: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/** Whether the request may do something, and so is sent once. */
export const isWrite = (method: string): boolean => !safe.has(method);

const token = "the token is judged before anything is forwarded";

/**
 * The gate's refusals that prove that nothing of the request was forwarded and that may pass with
 * time, a fresh token or a fresh proof: after these alone a write is sent again.
 */
export const provesNotForwarded: Readonly<Record<string, Row>> = {
  "proof-nonce-needed": { status: 401, reason: "the proof is judged before forwarding" },
  "token-expired": { status: 401, reason: token },
  "token-outdated": { status: 401, reason: token },
  "token-revoked": { status: 401, reason: token },
  "token-key-unknown": { status: 401, reason: token },
  "token-signature-invalid": { status: 401, reason: token },
  "token-malformed": { status: 401, reason: token },
  "token-claims-invalid": { status: 401, reason: token },
  "token-unbound": { status: 401, reason: token },
  "credential-missing": { status: 401, reason: token },
  "step-up-needed": { status: 401, reason: "the sign-in is judged before forwarding" },
  "device-untrusted": { status: 401, reason: "the device is judged before forwarding" },
  "limit-exceeded": { status: 429, reason: "limits are counted before forwarding" },
  "quota-used-up": { status: 429, reason: "quotas are counted before forwarding" },
  "usage-abnormal": { status: 429, reason: "pressure is judged before forwarding" },
  "steps-unknown": { status: 503, reason: "steps are judged before forwarding" },
  "concurrency-exceeded": { status: 429, reason: "what is in flight is counted before forwarding" },
  "too-many-underway": { status: 429, reason: "what is underway is counted before forwarding" },
  "proof-memory-full": { status: 429, reason: "the proof is remembered before forwarding" },
  "proof-memory-lost": { status: 503, reason: "the proof is remembered before forwarding" },
  "capacity-exceeded": { status: 503, reason: "the queue stands before the backend" },
  "operation-switched-off": { status: 503, reason: "a switch is asked before forwarding" },
  "too-many-websockets": { status: 429, reason: "seats are counted before forwarding" },
  "limit-unknown": { status: 503, reason: "limits are counted before forwarding" },
  "caller-unknown": { status: 503, reason: token },
  "keys-unavailable": { status: 503, reason: token },
  "revocations-unknown": { status: 503, reason: token },
  "impersonation-unavailable": { status: 503, reason: "who acts is judged before forwarding" },
  "exchange-unavailable": { status: 503, reason: "tokens are exchanged before forwarding" },
};

/**
 * The gate's refusals after which nobody can tell whether the backend has done it: the gate had
 * forwarded the request, or had begun to.
 */
export const mayBeForwarded: Readonly<Record<string, Row>> = {
  "upstream-unreachable": { status: 502, reason: "the connection may have broken after sending" },
  "upstream-timeout": { status: 504, reason: "the backend did not answer in time" },
  "deadline-passed": { status: 504, reason: "the deadline may have passed after forwarding" },
  "upstream-malformed": { status: 502, reason: "the backend's answer could not be read" },
  "response-invalid": { status: 502, reason: "the backend has answered, and is not heard" },
  "response-undeclared": { status: 502, reason: "the backend has answered, and is not heard" },
  "response-unreadable": { status: 502, reason: "the backend has answered, and is not heard" },
  "exchange-refused": { status: 502, reason: "a backend's own 502 looks alike on the way" },
  "sign-in-not-learned": { status: 502, reason: "the backend has answered the sign-in" },
  "answer-undeclared": { status: 502, reason: "the backend has answered, and is not heard" },
  "ids-unsealable": { status: 502, reason: "the backend has answered, and is not heard" },
  "response-message-invalid": { status: 502, reason: "the backend has spoken on a WebSocket" },
  "too-many-messages": { status: 429, reason: "messages on a WebSocket came before" },
  "answer-unheld": { status: 503, reason: "the backend has answered, and is not heard" },
  "owner-unknown": { status: 503, reason: "the owner may be asked for after the answer" },
  "gate-fault": { status: 500, reason: "the gate's fault may have come at any step" },
  "proof-replayed": {
    status: 401,
    reason: "the phone's own network code has sent it twice, and the first may have passed",
  },
};

/** What answers in place of a gate that it cannot reach, or did not hear the answer of. */
const ofIntermediaries: ReadonlySet<number> = new Set([502, 504]);

/** Whether the refusal proves, by its code, its status and its trace, that the gate kept it back. */
export const isKeptBack = ({ code = "", status, traceId }: PortcullisProblem): boolean =>
  traceId !== undefined &&
  Object.hasOwn(provesNotForwarded, code) &&
  provesNotForwarded[code]?.status === status;

/** Whether a write may have been done although this was answered. */
export function leavesOpen({ status }: Response, problem: PortcullisProblem | undefined): boolean {
  const code = problem?.code;
  if (code !== undefined)
    return Object.hasOwn(mayBeForwarded, code) && mayBeForwarded[code]?.status === status;
  // A problem that broke off on its way could have been any of them.
  const isCutOff = problem !== undefined && Object.keys(problem.document).length === 0;
  return ofIntermediaries.has(status) || (isCutOff && status >= 500);
}
