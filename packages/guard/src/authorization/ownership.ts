import { refuse, type Refusal } from "../refusal.ts";

/** What a token says of its bearer, as far as ownership needs it. */
export interface Bearer {
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Who must own the object: the value of one claim of the caller's token. Undefined when the token does not say. */
export type OwnerOf = (bearer: Bearer) => string | undefined;

/**
 * Compiles `token.sub`, `token.<claim>` or `token.<claim>.<member>`.
 *
 * @throws RangeError when the expression is none of these
 */
export function compileOwnerExpression(expression: string): OwnerOf {
  const match = /^token((?:\.[A-Za-z0-9_-]+)+)$/.exec(expression);
  if (match === null) throw new RangeError(`'${expression}' does not say whose the object must be; expected a claim of the caller's token, such as token.sub`);
  const members = (match[1] as string).slice(1).split(".");
  if (members.length === 1 && members[0] === "sub") return (bearer) => bearer.subject;
  return (bearer) => {
    let value: unknown = bearer.claims;
    for (const member of members) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, member)) return undefined;
      value = (value as Record<string, unknown>)[member];
    }
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
}

/** A parameter of the path must be the caller's. `raw` is the segment as it stands in the canonical path. */
export function checkOwnerParameter(raw: string | undefined, owner: string | undefined): Refusal | undefined {
  if (raw === undefined || owner === undefined) return refuse("object-not-yours", { detail: "the owner or the parameter is missing" });
  if (raw === owner) return undefined;
  const value = raw.includes("%") ? decodeURIComponent(raw) : raw;
  return value === owner ? undefined : refuse("object-not-yours", { detail: "the parameter is another's" });
}

/**
 * The owner named in the answer must be the caller. `tokens` is a JSON pointer in parts; `*` stands for every element of
 * an array. An owner that is missing, null or of another type is nobody, and nobody is not the caller: never passed.
 */
export function checkOwnerInAnswer(answer: unknown, tokens: readonly string[], owner: string | undefined): Refusal | undefined {
  if (owner === undefined) return refuse("object-not-yours", { detail: "the token does not say whose objects are the caller's" });
  const fault = ownerFault(answer, tokens, 0, owner);
  return fault === undefined ? undefined : refuse("object-not-yours", { detail: fault });
}

function ownerFault(value: unknown, tokens: readonly string[], from: number, owner: string): string | undefined {
  let at = value;
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index] as string;
    if (token === "*") {
      if (!Array.isArray(at)) return "the answer has no list where the rule expects one";
      for (const element of at) {
        const fault = ownerFault(element, tokens, index + 1, owner);
        if (fault !== undefined) return fault;
      }
      return undefined;
    }
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return "the answer does not name an owner";
    at = (at as Record<string, unknown>)[token];
  }
  if (typeof at === "string") return at === owner ? undefined : "the answer's owner is another";
  if (typeof at === "number") return String(at) === owner ? undefined : "the answer's owner is another";
  return "the answer's owner is neither a string nor a number";
}

/** Splits a JSON pointer (RFC 6901), where `*` may stand for every element of an array. @throws RangeError */
export function readPointer(pointer: string): string[] {
  if (!pointer.startsWith("/")) throw new RangeError(`'${pointer}' is not a JSON pointer; expected a form such as /customerId`);
  return pointer.slice(1).split("/").map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}
