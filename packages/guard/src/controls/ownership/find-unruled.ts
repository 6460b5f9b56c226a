import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import { bodyMembers } from "../../document/body-members.ts";
import { readTemplate } from "../../document/path-template.ts";
import { resolveBare, typesOf } from "../../document/schema/schema-walk.ts";
import type { LookupPlan, OwnerAtom } from "./owner-rule.ts";
import type { OwnersPlan } from "./plan.ts";
import type { RequestPlace } from "./request-place.ts";

const idName = /(?:^|[_.-])(?:id|uuid|guid)s?$|[a-z](?:Id|ID|Uuid|UUID|Guid)s?$/;
/**
 * Names of ids that stand for the request itself, or for the sender's device or session, and for no
 * object that somebody could own.
 */
const ofTheRequest =
  /^(?:request|correlation|trace|idempotency|client|device|session|message)[_-]?(?:id|uuid)$/i;
const namesObject = (name: string): boolean => idName.test(name) && !ofTheRequest.test(name);

/** Path parameters that may be an object's id: all but a choice of few, a switch or a date. */
export function objectsInPath(
  { parameters, pathTemplate }: Operation,
  schemas: SchemaRegistry,
): readonly string[] {
  return readTemplate(pathTemplate).names.filter((name) => {
    const declared = parameters.find(
      (parameter) => parameter.in === "path" && parameter.name === name,
    );
    const schema = resolveBare(declared?.schema, schemas);
    if (typeof schema !== "object") return true;
    const { const: one, enum: choices, format } = schema;
    if (choices !== undefined || one !== undefined) return false;
    if (typesOf(schema, schemas).has("boolean")) return false;
    return !(typeof format === "string" && /^(?:date|time)/.test(format));
  });
}

/** Ids outside the path that no part of the owner rule looks at. */
export function unruledIds(
  operation: Operation,
  schemas: SchemaRegistry,
  owners: OwnersPlan | undefined,
): readonly string[] {
  const atoms = owners?.clauses.flatMap((clause) => clause.atoms) ?? [];
  const places = atoms.flatMap(placesOf);
  const readsAnswer =
    owners?.foreign !== undefined || atoms.some(({ kind }) => kind === "response");
  const query = readsAnswer ? [] : unruledInQuery(operation, places);
  const body = bodyMembers(operation, schemas)
    .filter(({ name, pointer }) => namesObject(name) && !isRuledInBody(pointer, places))
    .map(({ pointer }) => `body /${pointer}`);
  return [...query, ...body];
}

function unruledInQuery({ parameters }: Operation, places: readonly RequestPlace[]): string[] {
  return parameters
    .filter(
      ({ in: location, name }) =>
        location === "query" &&
        namesObject(name) &&
        !places.some((place) => place.from === "query" && place.name === name),
    )
    .map(({ name }) => `query ${name}`);
}

const isRuledInBody = (pointer: string, places: readonly RequestPlace[]): boolean =>
  places.some(
    (place) => place.from === "body" && place.pointer.join("/").replace(/\/\*$/, "") === pointer,
  );

function placesOf(atom: OwnerAtom): readonly RequestPlace[] {
  switch (atom.kind) {
    case "request":
      return [atom.place];
    case "lookup":
      return placesOfLookup(atom.lookup);
    case "relation":
      return [atom.relation.id];
    case "provenance":
      return [atom.id];
    case "response":
      return [];
    default:
      return atom satisfies never;
  }
}

const placesOfLookup = ({ find, steps }: LookupPlan): readonly RequestPlace[] => [
  ...steps.flatMap(({ values }) => values.flatMap((one) => (one.from === "answer" ? [] : [one]))),
  ...(find === undefined ? [] : [find.id]),
];
