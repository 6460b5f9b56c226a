import type { Operation, Parameter } from "../../document/api-document.ts";
import { namesOf, type ParameterNames } from "../../document/parameter-names.ts";
import { readTemplate } from "../../document/path-template.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import { nearest } from "../../reading/nearest-name.ts";
import { type ChoosingQuery, choosesNothing } from "./choosing.ts";
import type { AtomAt } from "./plan-atom.ts";
import type { RequestPlace } from "./request-place.ts";

/** Whom an owner rule asks, and what it is told of the request. */
export interface Asked {
  /** What it is called in words, such as `'getAccount'`. */
  readonly title: string;
  /** Where the rule names it, for faults. */
  readonly key: readonly string[];
  /** Where the values that it is told stand. */
  readonly places: readonly RequestPlace[];
  /** Parameters that it declares itself: they go along as they were sent. */
  readonly declared: readonly Parameter[];
  /** How it could be told of a parameter. */
  readonly mend: string;
}

/**
 * What of the request goes along to who is asked. Where a parameter of the operation could choose
 * another object than the one that is asked about, the rule is at fault: its owner is told of the
 * one, and the other is what will be forwarded.
 */
export function planChoosing(asked: Asked, at: AtomAt): ChoosingQuery {
  const { context, leaf, operation, place } = at;
  const ignores = (leaf.ignores ?? []).map((name) => readIgnored(name, at));
  const isIgnored = (one: Named): boolean =>
    ignores.some((name) => name === one.name || name === `${one.in}.${one.name}`);
  const isCarried = (one: Named): boolean =>
    asked.declared.some((other) => isSame(other, one)) && !isIgnored(one);
  const left = choosing(operation, asked.places, context).filter(
    (one) => !isCarried(one) && !isIgnored(one) && !at.judged(one),
  );
  if (left.length > 0) {
    const names = left.map(({ in: location, name }) => `${location}.${name}`).join(", ");
    context.note(
      [...place, ...asked.key],
      `'${operation.key}' may choose another object by ${names}, and ${asked.title} is asked without`,
      { mend: `${asked.mend}, or say that it chooses no object: ignores: [${names}]` },
    );
  }
  const inQuery = operation.parameters.filter((one) => one.in === "query");
  const schemas = context.schemasOf(operation);
  const names = (some: readonly Parameter[]): ParameterNames[] =>
    some.map((one) => namesOf(one, schemas));
  return {
    carried: [...names(inQuery.filter(isCarried)), { names: ofOtherParts(context) }],
    known: [
      ...names(inQuery.filter((one) => !isCarried(one))),
      { names: ignores.map((name) => name.replace(/^query\./, "")) },
    ],
    whole: operation.parameters.some((one) => one.in === "querystring"),
  };
}

export type Named = Pick<Parameter, "in" | "name">;

const isSame = (one: Named, other: Named): boolean =>
  one.in === other.in &&
  (one.in === "header"
    ? one.name.toLowerCase() === other.name.toLowerCase()
    : one.name === other.name);

/** Parameters that could choose the object, but for those whose values are told anyway. */
function choosing(
  { parameters, pathTemplate }: Operation,
  places: readonly RequestPlace[],
  context: JoinContext,
): readonly Named[] {
  const told = new Set(
    places.map((one) =>
      one.from === "path" || one.from === "body" ? "" : `${one.from}.${one.name}`,
    ),
  );
  const { names } = readTemplate(pathTemplate);
  const inPath = places.flatMap((one) => (one.from === "path" ? [one.index] : []));
  const last = inPath.length === 0 ? names.length : Math.max(...inPath);
  // What stands behind the object in the path names a part of it.
  const before = names
    .map((name, index) => ({ in: "path" as const, name, index }))
    .filter(({ index }) => index < last && !inPath.includes(index));
  const beside = parameters.filter(
    ({ in: location, name }) =>
      location !== "path" &&
      !told.has(`${location}.${location === "header" ? name.toLowerCase() : name}`) &&
      !(location === "header" && choosesNothing.has(name.toLowerCase())) &&
      !isCredential({ in: location, name }, context) &&
      !(location === "query" && ofOtherParts(context).includes(name)),
  );
  return [...before, ...beside];
}

const isCredential = (one: Named, { documents }: JoinContext): boolean =>
  documents.some(({ securitySchemes }) =>
    securitySchemes.some(
      ({ in: location, parameterName: name }) =>
        location !== undefined && name !== undefined && isSame(one, { in: location, name }),
    ),
  );

/** Query parameters that name the version or hold a credential: they go along always. */
const ofOtherParts = ({ documents, namesOf: names }: JoinContext): string[] => [
  ...(names("query parameter") ?? []),
  ...documents.flatMap(({ securitySchemes }) =>
    securitySchemes.flatMap(({ in: location, parameterName }) =>
      location === "query" && parameterName !== undefined ? [parameterName] : [],
    ),
  ),
];

/** A name that the policy ignores; a fault where it is none, but for what no document declares. */
function readIgnored(name: string, { context, operation, place }: AtomAt): string {
  const all = operation.parameters.map((one) => ({ ...one, full: `${one.in}.${one.name}` }));
  const paths = readTemplate(operation.pathTemplate).names;
  const known = [...all.flatMap((one) => [one.name, one.full]), ...paths];
  const isKnown = known.includes(name) || paths.some((path) => name === `path.${path}`);
  if (!isKnown && !name.startsWith("query.")) {
    const meant = nearest(name, known);
    context.note([...place, "ignores"], `'${operation.key}' has no parameter '${name}'`, {
      expected: `${known.join(", ")}, or query.NAME for what the document does not declare`,
      ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
    });
  }
  return name;
}
