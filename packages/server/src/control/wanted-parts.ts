import type { SourcePlan } from "@portcullis/guard/policy";
import type { Serving } from "./serving.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";

const decisionPoint = "decisions:";

const fetchesKeys = (source: SourcePlan): boolean =>
  source.kind === "token" &&
  !source.builtin &&
  !source.keysInFile &&
  source.sharedSecret === undefined;

/** The parts beside the gate that the policy of this moment asks for, by their names. */
export function wantedParts(
  { plan: { controls, state }, policy }: Pick<Serving, "plan" | "policy">,
  { store }: Pick<TrustedIssuer, "store">,
): readonly string[] {
  return [
    "clock",
    ...(state === "memory" ? [] : ["redis"]),
    ...(store === undefined ? [] : ["store"]),
    ...(controls.authentication?.sources.some(fetchesKeys) === true ? ["issuer-keys"] : []),
    ...Object.keys(policy.decisionPoints ?? {}).map((name) => `${decisionPoint}${name}`),
  ];
}

/**
 * Who says that a part is lost. Each thread has a connection to Redis of its own; a decision point
 * is as it was at the last question, whichever thread has asked.
 */
export const usersOf = (part: string, thread: string): string =>
  part.startsWith(decisionPoint) ? "gates" : thread;
