import { fillTemplate, readTemplate } from "../../document/path-template.ts";
import { notYours } from "../../facts/absent.ts";
import type { ClaimOf } from "../../facts/caller.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import { compileCarryQuery } from "./choosing.ts";
import type { NamingFacts } from "./named-ids.ts";
import { type Atom, type JudgeAtom, saysNotWho } from "./judge-atom.ts";
import { checkOwnerInAnswer } from "./owner-in-answer.ts";
import type { RelationPlan } from "./relation.ts";
import { asSegment, compileReadIds } from "./request-place.ts";

const mostAsked = 20;
const tooMany = notYours(`the request names more than ${mostAsked} objects`);

/** Who may do what to the object is asked of an external decision point. */
export function compileRelated(
  { optional, relation }: Atom<"relation">,
  ownerOf: ClaimOf,
): JudgeAtom {
  const read = compileReadIds(relation.id, optional);
  const tell = compileTell(relation.with);
  const carry = compileCarryQuery(relation.query);
  return async (known, caller, asks) => {
    const subject = ownerOf(caller);
    if (subject === undefined) return saysNotWho;
    const ids = read(known);
    if ("unread" in ids) return notYours(ids.unread);
    if (ids.length > mostAsked) return tooMany;
    const carried = carry(known.query);
    if (typeof carried !== "string") return carried;
    const told = tell(known);
    if (isRefusal(told)) return told;
    for (const id of ids) {
      const object = { subject, id, with: told };
      const refused = await asks.relation(known, relation, object);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
}

/** What else a decision point is told: one text for each name, left out where the request does. */
function compileTell(
  places: RelationPlan["with"],
): (known: NamingFacts) => Refusal | Readonly<Record<string, string>> {
  const readers = Object.entries(places).map(([name, place]) => ({
    name,
    read: compileReadIds(place, true),
  }));
  return (known) => {
    const told: Record<string, string> = {};
    for (const { name, read } of readers) {
      const texts = read(known);
      if ("unread" in texts) return notYours(texts.unread);
      const [text, another] = texts;
      if (another !== undefined) return notYours(`the request says more than once what ${name} is`);
      if (text !== undefined) told[name] = text;
    }
    return told;
  };
}

/** Every object that the request names must be the caller's: one foreign id is enough to refuse. */
export function compileLookedUp(
  { lookup, optional, pointer }: Atom<"lookup">,
  ownerOf: ClaimOf,
): JudgeAtom {
  const valuesOf = compileLookupValues(lookup, optional);
  const template = readTemplate(lookup.pathTemplate);
  const carry = compileCarryQuery(lookup.query);
  return async (known, caller, asks) => {
    const all = valuesOf(known);
    if (isRefused(all)) return all;
    const query = carry(known.query);
    if (typeof query !== "string") return query;
    const owner = ownerOf(caller);
    for (const values of all) {
      const asked = await asks.lookup(known, { path: fillTemplate(template, values), query });
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
