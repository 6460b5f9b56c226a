import type { DecisionRecord, Signal } from "@portcullis/guard/records";

/** What detectors see of one request, in its turn; good until the next one. */
export type Seen = Pick<
  DecisionRecord,
  | "address"
  | "answerBytes"
  | "apiVersion"
  | "app"
  | "appVersion"
  | "code"
  | "decisions"
  | "method"
  | "operation"
  | "outcome"
  | "path"
  | "signedIn"
  | "status"
  | "subject"
  | "traceId"
  | "upstreamStatus"
> & { readonly timeMs: number; readonly signal?: Signal | undefined };

/** What became of an attempt at an operation with a role. `held`: the gate's limits refused it. */
export type Attempt = "bad" | "good" | "held" | undefined;

const isRedirect = (status: number | undefined): boolean =>
  status !== undefined && status >= 300 && status < 400;

/** A page that leads on has accepted what it was sent. */
export function attemptOf(seen: Seen, { outcome }: Signal): Attempt {
  if (seen.code === "limit-exceeded" || seen.code === "quota-used-up") return "held";
  if (outcome === "failure") return "bad";
  if (outcome === "success") return "good";
  return outcome === "other" && isRedirect(seen.upstreamStatus) ? "good" : undefined;
}
