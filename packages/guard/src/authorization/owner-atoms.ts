import { refuse, type Refusal } from "../refusal.ts";
import type { Asks, Owner, OwnerAtom } from "./owner-rule.ts";
import { checkOwnerInAnswer, checkOwnerParameter, compileOwnerExpression, type OwnerOf } from "./ownership.ts";
import { asSegment, compileReadIds, type NamingRequest } from "./request-place.ts";

/** Undefined when the object is the caller's. A promise only where somebody is asked. */
export type JudgeAtom = (request: NamingRequest, owner: Owner, asks: Asks) => Refusal | undefined | Promise<Refusal | undefined>;

type Atom<K extends OwnerAtom["kind"]> = Extract<OwnerAtom, { readonly kind: K }>;

const mostAsked = 20;
const notYours = (detail: string): Refusal => refuse("object-not-yours", { detail });
const saysNotWho = notYours("the token does not say who asks");

export function compileAtom(atom: Exclude<OwnerAtom, { readonly kind: "response" }>): JudgeAtom {
  const ownerOf = compileOwnerExpression(atom.is);
  switch (atom.kind) {
    case "request":
      return compileNamed(atom, ownerOf);
    case "provenance":
      return compileShown(atom, ownerOf);
    case "relation":
      return compileRelated(atom, ownerOf);
    case "lookup":
      return compileLookedUp(atom, ownerOf);
    default:
      return atom satisfies never;
  }
}

/** Who is named in the request must be the caller, every time it is named. */
function compileNamed({ optional, place }: Atom<"request">, ownerOf: OwnerOf): JudgeAtom {
  if (place.from === "path" && place.separator === undefined) {
    const { index } = place;
    return ({ pathParameters }, owner) => checkOwnerParameter(pathParameters[index], ownerOf(owner));
  }
  const read = compileReadIds(place, optional);
  const another = notYours(`the ${place.from === "body" ? "body" : "parameter"} is another's`);
  return (request, bearer) => {
    const owner = ownerOf(bearer);
    if (owner === undefined) return saysNotWho;
    const ids = read(request);
    if ("unread" in ids) return notYours(ids.unread);
    return ids.every((id) => id === owner) ? undefined : another;
  };
}

function compileShown({ id, objects, optional }: Atom<"provenance">, ownerOf: OwnerOf): JudgeAtom {
  const read = compileReadIds(id, optional);
  const unknown = refuse("owner-unknown", { detail: "what the caller was shown cannot be told now", retryAfterSeconds: 2 });
  const neverShown = notYours(`an id of '${objects}' that the caller was never shown`);
  const judge = (shown: boolean | undefined): Refusal | undefined => (shown === true ? undefined : shown === undefined ? unknown : neverShown);
  return (request, bearer, { shown }) => {
    const caller = ownerOf(bearer);
    if (caller === undefined) return saysNotWho;
    const ids = read(request);
    if ("unread" in ids) return notYours(ids.unread);
    if (ids.length === 0) return undefined;
    const told = shown(caller, objects, ids);
    return told instanceof Promise ? told.then(judge) : judge(told);
  };
}

function compileRelated({ optional, relation }: Atom<"relation">, ownerOf: OwnerOf): JudgeAtom {
  const read = compileReadIds(relation.id, optional);
  return async (request, bearer, asks) => {
    const subject = ownerOf(bearer);
    if (subject === undefined) return saysNotWho;
    const ids = read(request);
    if ("unread" in ids) return notYours(ids.unread);
    if (ids.length > mostAsked) return notYours(`the request names more than ${mostAsked} objects`);
    for (const id of ids) {
      const refused = await asks.relation(relation, subject, id);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
}

/** Every object that the request names must be the caller's: one foreign id among many is enough to refuse. */
function compileLookedUp({ lookup, optional, pointer }: Atom<"lookup">, ownerOf: OwnerOf): JudgeAtom {
  const segmentsOf = lookup.values.map((place) => {
    // A path parameter is already escaped as it stands in the path.
    if (place.from === "path" && place.separator === undefined) return ({ pathParameters }: NamingRequest): readonly (string | undefined)[] => [pathParameters[place.index]];
    const read = compileReadIds(place, optional);
    return (request: NamingRequest): readonly (string | undefined)[] | { readonly unread: string } => {
      const ids = read(request);
      return "unread" in ids ? ids : ids.map(asSegment);
    };
  });
  return async (request, bearer, asks) => {
    let paths: string[][] = [[]];
    for (const segments of segmentsOf.map((read) => read(request))) {
      if ("unread" in segments) return notYours(segments.unread);
      if (!segments.every((segment) => segment !== undefined)) return notYours("the request names the object by what cannot stand in a path");
      paths = paths.flatMap((path) => segments.map((one) => [...path, one]));
      if (paths.length > mostAsked) return notYours(`the request names more than ${mostAsked} objects`);
    }
    const owner = ownerOf(bearer);
    for (const values of paths) {
      const asked = await asks.lookup(lookup, values);
      if ("code" in asked) return asked;
      const refused = checkOwnerInAnswer(asked.answer, pointer, owner);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
}
