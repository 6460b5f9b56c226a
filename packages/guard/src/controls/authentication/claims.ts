import type { Caller } from "../../facts/caller.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import type { ClaimPlaces } from "./presets.ts";

type Payload = Readonly<Record<string, unknown>>;
export type ReadClaim = (payload: unknown) => unknown;

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** Reads a claim by its name, by names with dots (`realm_access.roles`), or by a JSON pointer. */
export function compileClaimPlace(place: string): ReadClaim {
  const isPointer = place.startsWith("/");
  const names = isPointer ? readPointer(place) : place.split(".");
  const [only] = names;
  if (names.length === 1) return (payload) => memberOf(payload, only as string);
  return (payload) => {
    // A name that holds dots itself is that name.
    const whole = isPointer ? undefined : memberOf(payload, place);
    if (whole !== undefined) return whole;
    let value = payload;
    for (const name of names) value = memberOf(value, name);
    return value;
  };
}

const mostSubjectCharacters = 255;

/** A subject as text: a number is the same name as its decimal spelling. */
export function subjectOf(value: unknown): string | undefined {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === "string" && text !== "" && text.length <= mostSubjectCharacters
    ? text
    : undefined;
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && value.length <= 255 ? value : undefined;

/** A list of texts; one text is a list of one, and an object is the list of its names. */
const textsOf = (value: unknown, takesNames: boolean): string[] => {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === "string");
  return takesNames && typeof value === "object" && value !== null ? Object.keys(value) : [];
};

/** Most callers have no roles or scopes: one list stands for all that are empty. */
const none: readonly string[] = Object.freeze([]);
const frozen = (texts: readonly string[]): readonly string[] =>
  texts.length === 0 ? none : Object.freeze(texts);

const scopesOf = (value: unknown): string[] =>
  typeof value === "string"
    ? value.split(" ").filter((name) => name !== "")
    : textsOf(value, false);

export const isTime = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 1e11;

export interface CallerRules {
  readonly source: string;
  /** Whether its subjects are other people than those of the same name of another source. */
  readonly separate: boolean;
  readonly places: ClaimPlaces;
  /** Whether names of objects are taken where a list is meant: not in the form with one issuer. */
  readonly takesNames: boolean;
  /** Whether it gives tokens of another issuer, whose life the policy may bound. */
  readonly elsewhere: boolean;
}

/** Makes the one type of caller of what a source says, whatever kind of source it is. */
export function compileCallerOf(rules: CallerRules) {
  const { elsewhere, places, separate, source, takesNames } = rules;
  const clients = places.client.map(compileClaimPlace);
  const scopes = places.scopes.map(compileClaimPlace);
  const roles = compileClaimPlace(places.roles);
  const optionally = (place: string | undefined): ReadClaim =>
    place === undefined ? () => undefined : compileClaimPlace(place);
  const tier = optionally(places.tier);
  const device = optionally(places.device);
  const session = optionally(places.session);
  const own = Object.entries(places.own).map(
    ([name, place]) => [name, compileClaimPlace(place)] as const,
  );
  const claimsOf = (payload: Payload): Payload => {
    if (own.length === 0) return payload;
    const claims: Record<string, unknown> = { ...payload };
    // Where the token has no such claim, none of that name is left: it would be another's word.
    for (const [name, read] of own) claims[name] = read(payload);
    return claims;
  };
  return (payload: Payload, subject: string, expiresAtSeconds: number): Caller => {
    const confirmation = payload["cnf"];
    const version = payload["account_version"];
    const issuedAt = payload["iat"];
    return Object.freeze({
      subject,
      source,
      elsewhere,
      key: separate ? `${source}/${subject}` : subject,
      clientId: textOf(firstOf(clients, payload)),
      scopes: frozen(takesNames ? allScopes(scopes, payload) : scopesOf(firstOf(scopes, payload))),
      roles: frozen(textsOf(roles(payload), takesNames)),
      tier: textOf(tier(payload)),
      deviceId: textOf(device(payload)),
      boundKey: textOf(memberOf(confirmation, "jkt")),
      boundCertificate: textOf(memberOf(confirmation, "x5t#S256")),
      sessionId: textOf(session(payload)),
      accountVersion: typeof version === "number" ? version : undefined,
      tokenId: textOf(payload["jti"]),
      issuedAtSeconds: isTime(issuedAt) ? issuedAt : undefined,
      expiresAtSeconds,
      claims: Object.freeze(claimsOf(payload)),
    });
  };
}

function allScopes(reads: readonly ReadClaim[], payload: unknown): readonly string[] {
  let all: readonly string[] = none;
  for (const read of reads) {
    const value = read(payload);
    if (value !== undefined) all = all === none ? scopesOf(value) : [...all, ...scopesOf(value)];
  }
  return all;
}

export type CallerOf = ReturnType<typeof compileCallerOf>;

export function firstOf(reads: readonly ReadClaim[], payload: unknown): unknown {
  for (const read of reads) {
    const value = read(payload);
    if (value !== undefined) return value;
  }
  return undefined;
}
