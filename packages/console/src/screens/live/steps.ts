import type { LiveRecord, RecordedDecision } from "../../stream/stream-event.ts";

/** The ten steps of the journey, in their order. */
export const steps = [
  "arrive",
  "route",
  "identify",
  "authenticate",
  "limit",
  "validate",
  "authorize",
  "forward",
  "filter",
  "record",
] as const;
export type Step = (typeof steps)[number];

/** At which step the controls of a mode key decide. */
const stepOfMode: Readonly<Record<string, Step>> = {
  always: "arrive",
  host: "arrive",
  headers: "arrive",
  route: "route",
  version: "route",
  app: "identify",
  closed: "identify",
  attestation: "identify",
  authentication: "authenticate",
  binding: "authenticate",
  websocket: "authenticate",
  impersonation: "authenticate",
  limit: "limit",
  pressure: "limit",
  request: "validate",
  payload: "validate",
  authorization: "authorize",
  ownership: "authorize",
  provenance: "authorize",
  capacity: "forward",
  response: "filter",
  disclosure: "filter",
  existence: "filter",
};

export interface Rung {
  readonly step: Step;
  readonly decisions: readonly RecordedDecision[];
  /** Whether the request came so far. */
  readonly isReached: boolean;
}

/**
 * What each step has said of a request. Behind a refusal that is enforced only what sees every
 * answer, the record, is reached.
 *
 * @param modeOf the mode key of a code; undefined for one that is not known here
 */
export function ladderOf(
  { decisions, upstreamStatus }: Pick<LiveRecord, "decisions" | "upstreamStatus">,
  modeOf: (code: string) => string | undefined,
): readonly Rung[] {
  const stepOf = ({ code }: RecordedDecision): Step =>
    stepOfMode[modeOf(code) ?? "always"] ?? "arrive";
  const enforced = decisions.find(({ mode }) => mode === "enforce");
  const end = enforced === undefined ? steps.length : Math.max(steps.indexOf(stepOf(enforced)), 0);
  const last = upstreamStatus === undefined ? end : Math.max(end, steps.indexOf("forward"));
  return steps.map((step, index) => ({
    step,
    decisions: decisions.filter((one) => stepOf(one) === step),
    isReached: step === "record" || index <= last,
  }));
}

/** What became of a request, in the grammar of colour. */
export const outcomeOf = ({ decisions, outcome }: Pick<LiveRecord, "decisions" | "outcome">) =>
  outcome === "passed" && decisions.some(({ mode }) => mode === "observe") ? "observed" : outcome;
