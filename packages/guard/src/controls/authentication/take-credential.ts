import type { Caller } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { type CompactToken, readCompactToken } from "../../jws/compact-token.ts";
import type { AskingFacts } from "../compile-context.ts";
import type { JudgeToken } from "./access-token.ts";
import type { Found } from "./find-credential.ts";
import { problems } from "./problems.ts";
import type { RememberedCallers, Said } from "./remembered-callers.ts";

/** A source of signed tokens, ready to judge. */
export interface OpenTokens {
  readonly issuer: string | undefined;
  /** Whether its tokens are signed with a shared secret. */
  readonly shares: boolean;
  readonly judge: JudgeToken;
}

/** A source of whom somebody else is asked, and what it has said lately. */
export interface OpenAsked {
  readonly ask: (found: Found<unknown>, known: AskingFacts) => Said | Promise<Said>;
  readonly memory: RememberedCallers;
  /** Under which a credential is remembered. */
  readonly nameOf: (found: Found<unknown>, known: AskingFacts) => string;
  /** The credential is nobody's from now on, or whoever's it is said to be then. */
  readonly forget: (name: string) => void;
  /** The credential may be somebody else's from now on: who knows is asked again. */
  readonly doubt: (name: string) => void;
}

export type Verify = (credential: string, nowSeconds: number) => Caller | Refusal;

/** The same, by either clock where the one that is judged by is in doubt: by so much, or 0. */
export type VerifyInDoubt = (
  credential: string,
  nowSeconds: number,
  doubtSeconds?: number,
) => Caller | Refusal;

/** Whoever takes what is found at one place: one or more sources, told apart by its look. */
export interface Taker {
  /** Judges what can be judged here, without asking anybody. */
  readonly verify: VerifyInDoubt;
  /** Judges a credential that was verified before: it may have ended, or been revoked, since. */
  readonly believes: (
    credential: string,
    nowSeconds: number,
    doubtSeconds?: number,
  ) => Refusal | undefined;
  /** Where tokens are taken too, what looks signed is one, and nobody is asked about it. */
  readonly hasTokens: boolean;
  readonly asked: OpenAsked | undefined;
  /** What its credentials may look like. */
  readonly form: "token" | "opaque";
  /** Sources whose credentials the backend is not sent. */
  readonly drops: ReadonlySet<string>;
  /** Sources in place of whose credentials the backend is sent a token of its own. */
  readonly exchanges: ReadonlySet<string>;
}

/** Who is asked about a credential; undefined where it is judged here. */
export const askedAbout = (taker: Taker, credential: string): OpenAsked | undefined =>
  taker.asked === undefined || (taker.hasTokens && looksSigned(credential))
    ? undefined
    : taker.asked;

/**
 * Under which a credential is remembered: another host may be another application; another port is
 * the same one, as for cookies.
 */
export const nameOf = (
  { credential }: Pick<Found<unknown>, "credential">,
  { host }: Pick<AskingFacts, "host">,
): string => `${host?.replace(/:\d+$/, "") ?? ""}\n${credential}`;

/**
 * The same where what else an app has said of itself may choose who is named: another application
 * of the same backend may have another person behind the same credential.
 */
export const framedNameOf = (
  found: Pick<Found<unknown>, "credential">,
  known: Pick<AskingFacts, "envelope" | "host">,
): string =>
  known.envelope === undefined
    ? nameOf(found, known)
    : `${nameOf(found, known)}\n${JSON.stringify(known.envelope)}`;

/** What a signed token looks like: a JSON object in base64url, and two dots. */
const looksSigned = (credential: string): boolean =>
  credential.startsWith("eyJ") && credential.split(".", 4).length === 3;

/** Judges a token by the source that has signed it, as it says itself; the signature then proves it. */
export function compileTokenVerify(sources: readonly OpenTokens[]): Verify {
  const [only, another] = sources;
  const choose = (read: CompactToken): OpenTokens | undefined => {
    if (another === undefined) return only;
    const { alg } = read.header;
    const shares = typeof alg === "string" && alg.startsWith("HS");
    const { iss } = read.payload;
    const fitting = sources.filter((one) => one.shares === shares);
    return (
      fitting.find(({ issuer }) => issuer === iss && issuer !== undefined) ??
      fitting.find(({ issuer }) => issuer === undefined)
    );
  };
  return (token, nowSeconds) => {
    const read = readCompactToken(token);
    if ("unread" in read) return refuse(problems["token-malformed"], { detail: read.unread });
    return (
      choose(read)?.judge(read, nowSeconds) ??
      refuse(problems["token-issuer-mismatch"], { detail: "no source has such an issuer" })
    );
  };
}

/** Keys and tokens at one place: what looks signed is a token, wherever tokens are taken. */
export function compileVerify(tokens: Verify | undefined, keys: Verify | undefined): Verify {
  if (keys === undefined) return tokens ?? neverTaken;
  if (tokens === undefined) return keys;
  return (credential, nowSeconds) =>
    looksSigned(credential) ? tokens(credential, nowSeconds) : keys(credential, nowSeconds);
}

const neverTaken: Verify = () => refuse(problems["token-malformed"]);
