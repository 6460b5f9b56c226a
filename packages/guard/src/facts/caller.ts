/**
 * Who calls, as a verified credential says. One type and one word for it in the whole gate: modes,
 * limits, entry, ownership and the backend are all told of this. Frozen: it is shared by every
 * request that brings the same token.
 */
export interface Caller {
  /** Who calls, by the name that its source gives: two sources may give one name to two people. */
  readonly subject: string;
  /** The source of the policy that knows the caller. */
  readonly source: string;
  /**
   * What limits, memories and revocations count the caller by: the subject, with its source where
   * the policy has several that do not name people alike.
   */
  readonly key: string;
  /** Whether the credential is a token of another issuer, whose life the policy may bound. */
  readonly elsewhere: boolean;
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly tier: string | undefined;
  readonly deviceId: string | undefined;
  /** `cnf.jkt`: the thumbprint of the key that must prove each request (RFC 9449). */
  readonly boundKey: string | undefined;
  /** `cnf["x5t#S256"]` (RFC 8705). */
  readonly boundCertificate: string | undefined;
  /** `sid`: the sign-in that the token came of. */
  readonly sessionId: string | undefined;
  /** `account_version`, of the built-in issuer: what the account may do, when the token was made. */
  readonly accountVersion: number | undefined;
  readonly tokenId: string | undefined;
  readonly issuedAtSeconds: number | undefined;
  /** Infinity where the credential itself has no end. */
  readonly expiresAtSeconds: number;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Who acts in the caller's name; undefined where the caller calls. */
  readonly acting?: Acting | undefined;
}

/** Somebody acts in a caller's name, such as support staff of a bank. */
export interface Acting {
  /** Who acts, as its own credential says. */
  readonly by: Caller;
  readonly reason: string;
  /** The session in which it does, by which it is found in the audit. */
  readonly session: string;
  /** The most scopes that whoever acts has, whatever roles give; undefined: the caller's own. */
  readonly mostScopes: readonly string[] | undefined;
}

/**
 * Whose hand it is: who acts, where somebody does. What is a bound on people, and not on what is
 * theirs, is counted by this key too: whoever acts for a thousand is still one.
 */
export const handOf = (caller: Caller): Caller => caller.acting?.by ?? caller;

/** The name of the source that `identity.issuer` is. */
export const mainSource = "issuer";

/** Whether the policy's binding of tokens speaks of a caller: of those whom `identity.issuer` knows. */
export const mayBeBound = ({ boundCertificate, boundKey, source }: Caller): boolean =>
  source === mainSource || boundKey !== undefined || boundCertificate !== undefined;

/** The parts of a caller that its claims stand in. */
type Claiming = Pick<Caller, "claims" | "source" | "subject">;

/** One claim of a caller's token as text. Undefined when the token does not say. */
export type ClaimOf = (caller: Claiming) => string | undefined;

const claimForm = /^([a-z][a-z0-9-]*)((?:\.[A-Za-z0-9_-]+)+)$/;

/** The word before the claim for a caller of whichever source. */
export const anySource = "token";

/** The source that an expression such as `people.sub` names; undefined for any. */
export function sourceOfClaim(expression: string): string | undefined {
  const source = claimForm.exec(expression)?.[1];
  return source === anySource ? undefined : source;
}

/**
 * Compiles `token.sub`, `token.<claim>` or `token.<claim>.<member>`. With the name of a source in
 * place of `token`, callers of every other source have no such claim.
 *
 * @throws RangeError when the expression is none of these
 */
export function compileClaim(expression: string): ClaimOf {
  const members = readClaim(expression);
  const claimOf: ClaimOf =
    members.length === 1 && members[0] === "sub"
      ? (caller) => caller.subject
      : (caller) => textOfClaim(valueOf(caller, members));
  const source = sourceOfClaim(expression);
  return source === undefined
    ? claimOf
    : (caller) => (caller.source === source ? claimOf(caller) : undefined);
}

/**
 * Compiles a claim that is a list, such as `token.orgs`: every one of its texts. A claim that is
 * one text is a list of one; one that is missing, or of another form, holds none.
 *
 * @throws RangeError when the expression names no claim
 */
export function compileClaims(expression: string): (caller: Claiming) => readonly string[] {
  const members = readClaim(expression);
  const source = sourceOfClaim(expression);
  return (caller) => {
    if (source !== undefined && caller.source !== source) return [];
    const value = valueOf(caller, members);
    if (Array.isArray(value)) return value.flatMap((one) => textOfClaim(one) ?? []);
    const text = textOfClaim(value);
    return text === undefined ? [] : [text];
  };
}

function readClaim(expression: string): readonly string[] {
  const match = claimForm.exec(expression);
  if (match === null)
    throw new RangeError(
      `'${expression}' does not say whose the object must be; ` +
        "expected a claim of the caller's token, such as token.sub",
    );
  return (match[2] as string).slice(1).split(".");
}

function valueOf({ claims }: Claiming, members: readonly string[]): unknown {
  let value: unknown = claims;
  for (const member of members) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, member))
      return undefined;
    value = (value as Record<string, unknown>)[member];
  }
  return value;
}

/** Numbers that a double does not keep say nothing: two of them are read as one. */
const textOfClaim = (value: unknown): string | undefined =>
  typeof value === "string" || Number.isSafeInteger(value) ? String(value) : undefined;
