import type { KeptSeen } from "./recent-seen.ts";

export const severities = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

export const isAtLeast = (one: Severity, least: Severity): boolean =>
  severities.indexOf(one) >= severities.indexOf(least);

export const worse = (one: Severity, other: Severity): Severity =>
  isAtLeast(one, other) ? one : other;

/** Whom something is held against, the narrowest kind first. */
export const keyKinds = [
  "device",
  "subject",
  "client",
  "address",
  "network",
  "program",
  "target",
  "everybody",
] as const;
export type KeyKind = (typeof keyKinds)[number];

/** `client`: an address with the shape of the program that asks from it; `program`: the shape. */
export interface AttackKey {
  readonly kind: KeyKind;
  /** A keyed hash; zero for everybody. */
  readonly hash: number;
}

/** What belongs to one campaign: evidence of two families never makes one incident. */
export type Family = "sign-in" | "objects" | "business" | "health" | "inventory";

/**
 * What a detector has seen, with everything that somebody needs who has never heard of it. Nothing is
 * reported that cannot say so much.
 */
export interface Evidence {
  /** As it stands in the policy: `credentialStuffing`. */
  readonly detector: string;
  /** As incidents call it: `credential-stuffing`. Stable. */
  readonly kind: string;
  readonly family: Family;
  readonly operation: string;
  readonly atMs: number;
  readonly key: AttackKey;
  readonly severity: Severity;
  /** One sentence without names that callers have chosen. */
  readonly summary: string;
  /** What was counted, and in which time. */
  readonly observed: string;
  /** What would have been usual, and where that is known from. */
  readonly baseline: string;
  /** How often the test may be wrong; undefined where there is no test but a count. */
  readonly errorRate: number | undefined;
  /** When all this would be no attack, with what to write into the policy then. */
  readonly falseIf: string;
  /** Whether a request is part of what was seen. */
  readonly isPart: (seen: KeptSeen) => boolean;
}

/** Whoever is told of evidence. */
export type TellEvidence = (evidence: Evidence) => void;
