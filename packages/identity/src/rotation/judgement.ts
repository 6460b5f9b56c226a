import type { SessionProgress } from "../store/app-sessions.ts";

/**
 * What a presented refresh token is:
 *
 * - `live`: it was not spent yet.
 * - `repeat`: it was spent a moment ago, and the answer to it is still kept: callers that ask at the
 *   same time, or again at once, get that answer byte for byte.
 * - `lost-answer`: it was spent, and nobody was seen to use what was given for it: the answer was
 *   lost on its way, and the holder of the same key gets another.
 * - `stolen`: what was given for it is known to be in use, so that whoever presents it has a copy;
 *   or there is no key by which to tell a copy from the original. The family ends.
 * - `too-late`: its answer may have been lost, but so long ago that it is not given again.
 */
export type Judgement = "live" | "repeat" | "lost-answer" | "stolen" | "too-late";

/** What the store knows of a refresh token that was presented. Moments are milliseconds. */
export interface RefreshTokenFacts {
  /** Undefined: not spent. */
  readonly spentAtMs: number | undefined;
  /** When the answer that is kept for it was written; undefined where none is kept. */
  readonly answeredAtMs: number | undefined;
  /** It is bound to a key or a certificate, which the provider verifies. */
  readonly isBound: boolean;
  /** How often its family was rotated before it. */
  readonly generation: number;
  /** The app's session; undefined where there is none, as after it was removed. */
  readonly session: Pick<SessionProgress, "confirmedGeneration" | "hasEnded"> | undefined;
  /** A token of the same family is there that was not spent. */
  readonly hasUnspentSuccessor: boolean;
  readonly nowMs: number;
  /** For so long the same token gets the same answer. */
  readonly receiptMs: number;
  /** For so long after it was spent, its answer may be asked for again. */
  readonly retryWindowMs: number;
}

/** Judges a refresh token by what is known of it, and by nothing else. */
export function judge({
  answeredAtMs,
  generation,
  hasUnspentSuccessor,
  isBound,
  nowMs,
  receiptMs,
  retryWindowMs,
  session,
  spentAtMs,
}: RefreshTokenFacts): Judgement {
  if (spentAtMs === undefined) return "live";
  if (isFresh(answeredAtMs, nowMs, receiptMs)) return "repeat";
  const isSuperseded =
    session === undefined || session.hasEnded || session.confirmedGeneration > generation;
  if (isSuperseded || !isBound) return "stolen";
  if (nowMs - spentAtMs > retryWindowMs) return "too-late";
  return hasUnspentSuccessor ? "lost-answer" : "stolen";
}

/** A code's answer may be asked for again at once, and never later. */
export function judgeCode({
  answeredAtMs,
  nowMs,
  receiptMs,
  spentAtMs,
}: Pick<RefreshTokenFacts, "answeredAtMs" | "nowMs" | "receiptMs" | "spentAtMs">): Extract<
  Judgement,
  "live" | "repeat" | "stolen"
> {
  if (spentAtMs === undefined) return "live";
  return isFresh(answeredAtMs, nowMs, receiptMs) ? "repeat" : "stolen";
}

/** Whether an answer that is kept may still be given again. */
export const isFresh = (
  answeredAtMs: number | undefined,
  nowMs: number,
  receiptMs: number,
): boolean => answeredAtMs !== undefined && answeredAtMs > nowMs - receiptMs;
