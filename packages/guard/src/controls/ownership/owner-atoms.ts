import { readTemplate } from "../../document/path-template.ts";
import { decodeSegment } from "../../document/sent-parameters.ts";
import { notYours, ownerUnknown } from "../../facts/absent.ts";
import { type ClaimOf, compileClaim } from "../../facts/caller.ts";
import type { Decisions } from "../../facts/decision.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import type { AskingFacts } from "../compile-context.ts";
import { checkOwnerInAnswer } from "./owner-in-answer.ts";
import type { Asks, OwnerAtom, OwningCaller } from "./owner-rule.ts";
import type { NamingFacts } from "./named-ids.ts";
import { asSegment, compileReadIds } from "./request-place.ts";

/** What a rule may look at. */
export type JudgedFacts = NamingFacts &
  AskingFacts & { readonly decisions: Pick<Decisions, "observe"> };

/** Undefined when the object is the caller's. A promise only where somebody is asked. */
export type JudgeAtom = (
  known: JudgedFacts,
  caller: OwningCaller,
  asks: Asks,
) => Refusal | undefined | Promise<Refusal | undefined>;

type Atom<K extends OwnerAtom["kind"]> = Extract<OwnerAtom, { readonly kind: K }>;

const mostAsked = 20;
const tooMany = notYours(`the request names more than ${mostAsked} objects`);
const saysNotWho = notYours("the token does not say who asks");

export function compileAtom(atom: Exclude<OwnerAtom, { readonly kind: "response" }>): JudgeAtom {
  const ownerOf = compileClaim(atom.is);
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
function compileNamed({ optional, place }: Atom<"request">, ownerOf: ClaimOf): JudgeAtom {
  if (place.from === "path" && place.separator === undefined)
    return compileNamedByPath(place.index, ownerOf);
  const read = compileReadIds(place, optional);
  const another = notYours(
    place.from === "body" ? "the body is another's" : "the parameter is another's",
  );
  return (known, caller) => {
    const owner = ownerOf(caller);
    if (owner === undefined) return saysNotWho;
    const ids = read(known);
    if ("unread" in ids) return notYours(ids.unread);
    return ids.every((id) => id === owner) ? undefined : another;
  };
}

/** The most common rule of all, judged without a list. */
function compileNamedByPath(index: number, ownerOf: ClaimOf): JudgeAtom {
  const missing = notYours("the owner or the parameter is missing");
  const another = notYours("the parameter is another's");
  return ({ pathParameters }, caller) => {
    const raw = pathParameters[index];
    const owner = ownerOf(caller);
    if (raw === undefined || owner === undefined) return missing;
    return raw === owner || decodeSegment(raw) === owner ? undefined : another;
  };
}

function compileShown({ id, objects, optional }: Atom<"provenance">, ownerOf: ClaimOf): JudgeAtom {
  const read = compileReadIds(id, optional);
  const unknown = ownerUnknown("what the caller was shown cannot be told now", 2);
  const neverShown = notYours(`an id of '${objects}' that the caller was never shown`);
  const judge = (shown: boolean | undefined): Refusal | undefined =>
    shown === true ? undefined : shown === undefined ? unknown : neverShown;
  return (known, caller, { shown }) => {
    const subject = ownerOf(caller);
    if (subject === undefined) return saysNotWho;
    const ids = read(known);
    if ("unread" in ids) return notYours(ids.unread);
    if (ids.length === 0) return undefined;
    const told = shown(subject, objects, ids);
    return told instanceof Promise ? told.then(judge) : judge(told);
  };
}

function compileRelated({ optional, relation }: Atom<"relation">, ownerOf: ClaimOf): JudgeAtom {
  const read = compileReadIds(relation.id, optional);
  return async (known, caller, asks) => {
    const subject = ownerOf(caller);
    if (subject === undefined) return saysNotWho;
    const ids = read(known);
    if ("unread" in ids) return notYours(ids.unread);
    if (ids.length > mostAsked) return tooMany;
    for (const id of ids) {
      const refused = await asks.relation(known, relation, subject, id);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
}

/** Every object that the request names must be the caller's: one foreign id is enough to refuse. */
function compileLookedUp(
  { lookup, optional, pointer }: Atom<"lookup">,
  ownerOf: ClaimOf,
): JudgeAtom {
  const valuesOf = compileLookupValues(lookup, optional);
  return async (known, caller, asks) => {
    const all = valuesOf(known);
    if (isRefused(all)) return all;
    const owner = ownerOf(caller);
    for (const values of all) {
      const asked = await asks.lookup(known, lookup, values);
      if (isRefusal(asked)) return asked;
      const refused = checkOwnerInAnswer(asked.answer, pointer, owner);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
}

type LookupValues = readonly (readonly string[])[];
const isRefused = (values: readonly unknown[] | Refusal): values is Refusal =>
  !Array.isArray(values);

/** The segments of every path that a lookup must ask: each id of each place with each other. */
function compileLookupValues(
  { pathTemplate, values }: Atom<"lookup">["lookup"],
  optional: boolean,
): (known: NamingFacts) => LookupValues | Refusal {
  if (readTemplate(pathTemplate).names.length !== values.length)
    throw new RangeError(`a lookup of '${pathTemplate}' has not a value for each parameter`);
  const readers = values.map((place) => compileSegments(place, optional));
  return (known) => {
    let paths: readonly (readonly string[])[] = [[]];
    for (const read of readers) {
      const segments = read(known);
      if (isRefused(segments)) return segments;
      paths = paths.flatMap((path) => segments.map((one) => [...path, one]));
      if (paths.length > mostAsked) return tooMany;
    }
    return paths;
  };
}

const noSegment = notYours("the request names the object by what cannot stand in a path");

function compileSegments(
  place: Parameters<typeof compileReadIds>[0],
  optional: boolean,
): (known: NamingFacts) => readonly string[] | Refusal {
  if (place.from === "path" && place.separator === undefined)
    return ({ pathParameters }) => {
      // A path parameter is already escaped as it stands in the path.
      const raw = pathParameters[place.index];
      return raw === undefined ? noSegment : [raw];
    };
  const read = compileReadIds(place, optional);
  return (known) => {
    const ids = read(known);
    if ("unread" in ids) return notYours(ids.unread);
    const segments: string[] = [];
    for (const id of ids) {
      const segment = asSegment(id);
      if (segment === undefined) return noSegment;
      segments.push(segment);
    }
    return segments;
  };
}
