import type { Operation, Parameter, SchemaRegistry } from "../../document/api-document.ts";
import { idSeparator, isSpread } from "../../document/parameter-style.ts";
import { readTemplate } from "../../document/path-template.ts";
import { typesOf } from "../../document/schema/schema-walk.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import { nearest } from "../../reading/nearest-name.ts";
import type { RequestPlace } from "./request-place.ts";
import { verifyInBody } from "./verify-pointer.ts";

type Place = readonly string[];

const locations = ["path", "query", "header"] as const;
type Location = (typeof locations)[number];

/**
 * Where a rule says an object is named: a parameter by its name (`accountId`; `query.accountId`
 * where path and query both have one), or a place of the body by its pointer (`/accountId`).
 */
export function placeOf(
  operation: Operation,
  from: string,
  place: Place,
  optional: boolean,
  context: JoinContext,
): RequestPlace | undefined {
  const { note } = context;
  if (from.startsWith("/")) {
    if (operation.requestBody === undefined) note(place, `'${operation.key}' has no body`);
    verifyInBody(operation, readPointer(from), place, context);
    return { from: "body", pointer: readPointer(from) };
  }
  const found = findParameter(operation, from, place, context);
  if (found === undefined) return undefined;
  const declared = operation.parameters.find(
    (parameter) => parameter.in === found.location && parameter.name === found.name,
  );
  if (found.location === "path" && optional)
    note(place, "a path always names its object, so nothing is optional in it");
  if (declared?.required === true && optional)
    note(place, `the document says that '${from}' is always sent, so it is not optional`);
  return requestPlace(operation, found, declared, place, context);
}

interface Named {
  readonly location: Location;
  readonly name: string;
}

/** The one parameter that is meant; undefined, with the fault noted, where none or several are. */
function findParameter(
  operation: Operation,
  from: string,
  place: Place,
  { note }: JoinContext,
): Named | undefined {
  const all = locations.flatMap((location) =>
    namesIn(operation, location).map((name): Named => ({ location, name })),
  );
  const exact = all.filter(({ location, name }) => from === `${location}.${name}`);
  const found = exact.length > 0 ? exact : all.filter(({ name }) => name === from);
  if (found.length === 1) return found[0];
  if (found.length === 0) {
    const names = all.map(({ name }) => name);
    const meant = nearest(from, names);
    note(place, `'${operation.key}' has no parameter '${from}' in its path, query or header`, {
      expected: names.join(", ") || "an operation with parameters",
      ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
    });
    return undefined;
  }
  const where = found.map(({ location }) => location).join(" and of the ");
  note(place, `'${from}' is a parameter of the ${where}`, {
    expected: found.map(({ location, name }) => `${location}.${name}`).join(" or "),
  });
  return undefined;
}

const namesIn = ({ parameters, pathTemplate }: Operation, location: Location): readonly string[] =>
  location === "path"
    ? readTemplate(pathTemplate).names
    : parameters.flatMap((parameter) => (parameter.in === location ? [parameter.name] : []));

function requestPlace(
  operation: Operation,
  { location, name }: Named,
  declared: Parameter | undefined,
  place: Place,
  { note, schemasOf }: JoinContext,
): RequestPlace | undefined {
  const schemas = schemasOf(operation);
  const types = typesOf(declared?.schema, schemas);
  if (declared?.content !== undefined || (types.has("object") && types.size === 1)) {
    note(place, `'${name}' is no text that could name an object`, {
      expected: "a parameter whose schema is a string, a number, or an array of these",
    });
    return undefined;
  }
  const separator = declared === undefined ? undefined : idSeparator(declared, schemas);
  if (separator === "unknown") {
    note(
      place,
      `'${name}' is written in the style '${declared?.style}', which no rule reads ids from`,
      { expected: "style simple, form, spaceDelimited or pipeDelimited" },
    );
    return undefined;
  }
  if (location === "path") {
    const index = readTemplate(operation.pathTemplate).names.indexOf(name);
    return { from: "path", index, separator };
  }
  if (location === "header") return { from: "header", name: name.toLowerCase(), separator };
  const repeats = declared !== undefined && types.has("array") && isSpread(declared);
  return { from: "query", name, separator, repeats };
}

/** Every place of path and query whose text could name somebody or something. */
export function namedPlaces(
  { parameters, pathTemplate }: Operation,
  schemas: SchemaRegistry,
): { readonly name: string; readonly place: RequestPlace }[] {
  const inPath = readTemplate(pathTemplate).names.map((name, index) => ({
    name,
    place: { from: "path", index, separator: undefined } as const,
  }));
  const inQuery = parameters.filter(
    (parameter) =>
      parameter.in === "query" &&
      parameter.content === undefined &&
      ["string", "array"].some((type) => typesOf(parameter.schema, schemas).has(type)),
  );
  const query = inQuery.map((parameter) => ({
    name: parameter.name,
    place: {
      from: "query",
      name: parameter.name,
      separator: idSeparator(parameter, schemas),
      repeats: true,
    } as const,
  }));
  return [...inPath, ...query];
}
