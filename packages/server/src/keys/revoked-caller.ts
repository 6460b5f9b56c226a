import { isSeparate } from "@portcullis/guard/policy";
import type { Policy } from "../policy/program-policy.ts";

/** Whom or what somebody wants to revoke. */
export interface RevocationWish {
  readonly kind: "subject" | "session";
  /** The source that knows them; may be left out where there is one. */
  readonly source: string | undefined;
  /** The subject, or the session, as that source names it. */
  readonly value: string;
  /** Undefined: for as long as anything that was given out before may be good. */
  readonly lastsMs: number | undefined;
}

/** The revocation that gates look for. */
export interface CallerRevocation {
  readonly kind: RevocationWish["kind"];
  readonly value: string;
  readonly lastsMs: number;
}

/** What is wrong with the wish, in words for a person. */
export class RevocationFault extends Error {}

const dayMs = 86_400_000;
/** No token of an issuer and no learned session lives longer. */
const usualMs = 30 * dayMs;
/** Keys and tokens without an end. */
const forEverMs = 3650 * dayMs;

type Identity = NonNullable<Policy["identity"]>;

/**
 * Names what is to be revoked as the gate's callers are named.
 *
 * @throws RevocationFault
 */
export function callerRevocation(
  identity: Identity | undefined,
  { kind, lastsMs, source, value }: RevocationWish,
): CallerRevocation {
  if (identity === undefined)
    throw new RevocationFault("the policy names nobody who knows callers");
  const names = sourceNames(identity);
  const [only, another] = names;
  const named = source ?? (another === undefined ? only : undefined);
  if (named === undefined || !names.includes(named))
    throw new RevocationFault(
      source === undefined
        ? `say which source knows them: ${names.join(", ")}`
        : `there is no source '${source}'; the policy has ${names.join(", ")}`,
    );
  if (value === "") throw new RevocationFault("nobody is named");
  return {
    kind,
    value: isSeparate(identity) ? `${named}/${value}` : value,
    lastsMs: lastsMs ?? lastingOf(identity, named),
  };
}

const sourceNames = ({ issuer, sources = {} }: Identity): readonly string[] => [
  ...(issuer === undefined ? [] : ["issuer"]),
  ...Object.keys(sources),
];

function lastingOf({ sources = {} }: Identity, name: string): number {
  const source = sources[name];
  const isEndless = source?.keys !== undefined || source?.expiry === "optional";
  return isEndless ? forEverMs : usualMs;
}
