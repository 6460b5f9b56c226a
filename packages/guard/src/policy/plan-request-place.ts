import { readPointer } from "../authorization/ownership.ts";
import type { RequestPlace } from "../authorization/request-place.ts";
import { typesOf } from "../contracts/schema-walk.ts";
import type { Operation, Parameter, SchemaRegistry } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import type { PlanContext } from "./plan-context.ts";
import { verifyInBody } from "./verify-pointer.ts";

type Place = readonly string[];

export const parameterNames = (template: string): string[] => [...template.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] as string);

const locations = ["path", "query", "header"] as const;
type Location = (typeof locations)[number];

/**
 * Where a rule says an object is named: a parameter by its name (`accountId`; `query.accountId` where path and query both
 * have one), or a place of the body by its pointer (`/accountId`).
 */
export function placeOf(operation: Operation, from: string, place: Place, optional: boolean, context: PlanContext): RequestPlace | undefined {
  const { note } = context;
  if (from.startsWith("/")) {
    if (operation.requestBody === undefined) note(place, `'${operation.key}' has no body`);
    verifyInBody(operation, readPointer(from), place, context.schemasOf(operation), note);
    return { from: "body", pointer: readPointer(from) };
  }
  const all = locations.flatMap((location) => namesIn(operation, location).map((name) => ({ location, name })));
  const found = all.filter(({ location, name }) => from === `${location}.${name}`);
  if (found.length === 0) found.push(...all.filter(({ name }) => name === from));
  const [one, another] = found;
  if (one === undefined) {
    const meant = nearest(from, all.map(({ name }) => name));
    note(place, `'${operation.key}' has no parameter '${from}' in its path, query or header`, { expected: all.map(({ name }) => name).join(", ") || "an operation with parameters", ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }) });
    return undefined;
  }
  if (another !== undefined) {
    note(place, `'${from}' is a parameter of the ${found.map(({ location }) => location).join(" and of the ")}`, { expected: found.map(({ location, name }) => `${location}.${name}`).join(" or ") });
    return undefined;
  }
  const declared = operation.parameters.find((parameter) => parameter.in === one.location && parameter.name === one.name);
  if (one.location === "path" && optional) note(place, "a path always names its object, so nothing is optional in it");
  if (declared !== undefined && declared.required && optional) note(place, `the document says that '${from}' is always sent, so it is not optional`);
  return requestPlace(operation, one.location, one.name, declared, place, context);
}

const namesIn = ({ parameters, pathTemplate }: Operation, location: Location): readonly string[] => (location === "path" ? parameterNames(pathTemplate) : parameters.flatMap((parameter) => (parameter.in === location ? [parameter.name] : [])));

function requestPlace(operation: Operation, location: Location, name: string, declared: Parameter | undefined, place: Place, { note, schemasOf }: PlanContext): RequestPlace | undefined {
  const types = typesOf(declared?.schema, schemasOf(operation));
  if (declared?.content !== undefined || (types.has("object") && types.size === 1)) {
    note(place, `'${name}' is no text that could name an object`, { expected: "a parameter whose schema is a string, a number, or an array of these" });
    return undefined;
  }
  const list = declared !== undefined && types.has("array");
  const separator = list ? separatorOf(declared) : undefined;
  if (separator === "unknown") {
    note(place, `'${name}' is written in the style '${declared?.style}', which no rule reads ids from`, { expected: "style simple, form, spaceDelimited or pipeDelimited" });
    return undefined;
  }
  if (location === "path") return { from: "path", index: parameterNames(operation.pathTemplate).indexOf(name), separator };
  if (location === "header") return { from: "header", name: name.toLowerCase(), separator };
  return { from: "query", name, separator, repeats: list && declared.explode && declared.style === "form" };
}

/** Every place of path and query whose text could name somebody or something. */
export function namedPlaces(operation: Operation, schemas: SchemaRegistry): { readonly name: string; readonly place: RequestPlace }[] {
  const inPath = parameterNames(operation.pathTemplate).map((name, index) => ({ name, place: { from: "path", index, separator: undefined } as const }));
  const inQuery = operation.parameters.filter((parameter) => parameter.in === "query" && parameter.content === undefined && ["string", "array"].some((type) => typesOf(parameter.schema, schemas).has(type)));
  return [...inPath, ...inQuery.map((parameter) => ({ name: parameter.name, place: { from: "query", name: parameter.name, separator: listSeparator(parameter, schemas), repeats: true } as const }))];
}

/** What divides the ids in the text of a parameter; undefined when it holds one. */
export function listSeparator(parameter: Parameter, schemas: SchemaRegistry): string | undefined {
  return typesOf(parameter.schema, schemas).has("array") ? separatorOf(parameter) : undefined;
}

/** Nothing divides a list that is sent once for each element. */
function separatorOf({ explode, style }: Parameter): string | undefined {
  if (style === "simple") return ",";
  if (style === "form") return explode ? undefined : ",";
  if (style === "spaceDelimited") return " ";
  return style === "pipeDelimited" ? "|" : "unknown";
}
