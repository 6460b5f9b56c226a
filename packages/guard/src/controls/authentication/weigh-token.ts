import type { Refusal } from "../../facts/refusal.ts";
import { type CompactToken, readCompactToken } from "../../jws/compact-token.ts";
import {
  type AccessTokenRules,
  checkParties,
  checkRequired,
  checkTimes,
  checkType,
} from "./access-token.ts";
import { compileClaimPlace, isTime, subjectOf } from "./claims.ts";
import type { SourcePlan, TokenSource } from "./source-plan.ts";

/** What one source would say of one part of a token. */
export interface WeighedClaim {
  /** `alg`, `typ`, `iss`, `aud`, `client`, a claim that the source requires, `times`, `sub`. */
  readonly claim: string;
  /** Why it does not fit; undefined where it does. */
  readonly wrong: string | undefined;
}

/** What one source would say of a token, but for its signature. */
export interface WeighedToken {
  readonly source: string;
  readonly kind: SourcePlan["kind"];
  readonly claims: readonly WeighedClaim[];
  /** What is worth knowing beside them, in sentences. */
  readonly notes: readonly string[];
}

const longLifeSeconds = 1800;

/** Holds a token to every source, claim by claim, for whoever writes the policy. */
export const weighToken = (
  sources: readonly SourcePlan[],
  token: string,
  nowSeconds: number,
): readonly WeighedToken[] => sources.map((source) => weigh(source, token, nowSeconds));

function weigh(source: SourcePlan, token: string, nowSeconds: number): WeighedToken {
  const { kind, name } = source;
  const read = readCompactToken(token);
  if (source.kind !== "token") {
    const whose = "unread" in read ? [] : ["it looks signed: where tokens are taken, it is one"];
    return { source: name, kind, claims: [], notes: [asking[source.kind], ...whose] };
  }
  if ("unread" in read)
    return { source: name, kind, claims: [{ claim: "form", wrong: read.unread }], notes: [] };
  return { source: name, kind, claims: claimsOf(source, read, nowSeconds), notes: lifeOf(read) };
}

const asking: Readonly<Record<Exclude<SourcePlan["kind"], "token">, string>> = {
  keys: "whatever is no signed token is looked up among its keys",
  whoami: "the backend is asked who it is",
  introspect: "the introspection endpoint is asked what it is worth",
  learned: "it is somebody's where a sign-in has given it out",
  certificate: "it knows connections, and no tokens",
};

function claimsOf(
  source: TokenSource,
  read: CompactToken,
  nowSeconds: number,
): readonly WeighedClaim[] {
  const { header, payload } = read;
  const rules = { ...source, kind: source.tokenKind } satisfies Partial<AccessTokenRules>;
  const nobody = { ...rules, issuer: undefined, audiences: [], clients: [], clientNeeded: false };
  const clients = source.claims.client.map(compileClaimPlace);
  const subject = subjectOf(compileClaimPlace(source.subjectClaim ?? "/sub")(payload));
  const alg = typeof header["alg"] === "string" ? header["alg"] : "absent";
  const { audiences, clientNeeded, issuer } = source;
  return [
    row("alg", source.algorithms.includes(alg) ? undefined : `alg is ${alg.slice(0, 20)}`),
    row("typ", checkType(read, rules)),
    row("iss", checkParties(payload, { ...nobody, issuer }, clients)),
    row("aud", checkParties(payload, { ...nobody, audiences }, clients)),
    row(
      "client",
      checkParties(payload, { ...nobody, clients: source.clients, clientNeeded }, clients),
    ),
    ...Object.entries(source.requires).map(([place, values]) =>
      row(place, checkRequired(payload, [{ place, values, read: compileClaimPlace(place) }])),
    ),
    row("times", checkTimes(payload, rules, nowSeconds)),
    row("sub", subject === undefined ? `${source.claims.sub} is not a name` : undefined),
  ];
}

const row = (claim: string, wrong: Refusal | string | undefined): WeighedClaim => ({
  claim,
  wrong:
    typeof wrong === "string" ? wrong : wrong && `${wrong.problem.code}: ${wrong.detail ?? ""}`,
});

function lifeOf({ payload: { exp, iat } }: CompactToken): readonly string[] {
  if (!isTime(exp)) return ["it has no end: whoever has stolen it has it for ever"];
  if (!isTime(iat)) return ["it does not say since when it is good (iat)"];
  const life = exp - iat;
  return life > longLifeSeconds
    ? [`it lives ${Math.round(life / 60)} minutes: whoever has stolen it has it for so long`]
    : [];
}
