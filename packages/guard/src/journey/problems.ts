import { capacityExceeded, capacityProblems, deadlinePassed } from "../facts/capacity-problems.ts";
import { holdingProblems } from "../facts/held-bytes.ts";
import { defineProblems } from "../facts/problem.ts";
import { refuse, type Refusal } from "../facts/refusal.ts";
import type { ModeKey } from "../policy/mode-setting.ts";
import type { SheddingCode, UpstreamFaultCode } from "../ports/upstream.ts";

/** Mode keys of what the journey itself decides. */
export const journeyModeKeys: readonly ModeKey[] = [
  {
    key: "route",
    kind: "settable",
    sentence:
      "Which operation this is: requests for what no document names, or what a router could take " +
      "for another.",
  },
  {
    key: "upstream",
    kind: "always",
    sentence: "The backend, and the gate itself: there is nothing to pass on.",
  },
];

export const routeProblems = defineProblems("route", {
  "operation-unknown": {
    status: 404,
    title: "There is nothing at this address",
    sentence: "Check the path against the API's document.",
  },
  "method-not-allowed": {
    status: 405,
    title: "This method is not offered at this address",
    sentence: "Use one of the methods in the Allow field.",
  },
  "route-ambiguous": {
    status: 400,
    title: "This address could be read as another one",
    sentence:
      "A part of the path is the name of another address in another spelling. " +
      "Send that address as the API's document spells it.",
  },
});

export const upstreamProblems = {
  ...capacityProblems,
  ...holdingProblems,
  ...defineProblems("upstream", {
    "upstream-unreachable": {
      status: 502,
      title: "The backend cannot be reached",
      sentence: "Try again after the time in Retry-After.",
    },
    "upstream-timeout": {
      status: 504,
      title: "The backend did not answer in time",
      sentence: "Try again after the time in Retry-After.",
    },
    "upstream-malformed": {
      status: 502,
      title: "The backend's answer could not be read",
      sentence: "Try again later; the fault is on the server's side.",
    },
    "gate-fault": {
      status: 500,
      title: "Something went wrong in the gate",
      sentence: "Try again later; quote the traceId.",
    },
  }),
};

/** What the backend, or the way to it, has failed in. */
export function upstreamFault(code: UpstreamFaultCode, detail: string): Refusal {
  if (code === "capacity-exceeded") return capacityExceeded(detail, true);
  if (code === "deadline-passed") return { ...deadlinePassed(detail), always: true };
  return refuse(upstreamProblems[code], {
    detail,
    ...(code === "upstream-malformed" ? {} : { retryAfterSeconds: 1 }),
  });
}

/** What would have been refused on the way to the backend, was `capacity` enforced. */
export const observedShedding = (code: SheddingCode, detail: string): Refusal =>
  code === "deadline-passed" ? deadlinePassed(detail) : capacityExceeded(detail, false);
