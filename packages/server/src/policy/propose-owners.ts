import {
  type ApiDocument,
  itemSchema,
  type JsonSchema,
  memberNames,
  memberSchema,
  type Operation,
  readTemplate,
} from "@portcullis/guard/documents";
import { choosesNothing } from "@portcullis/guard/ownership";

/** An owner rule that a document suggests, as it stands in a policy, and why. */
export interface OwnerProposal {
  readonly rule: string;
  readonly reason: string;
}

const parameterNames = (pathTemplate: string): readonly string[] =>
  readTemplate(pathTemplate).names;
const ownerName = /^(customer|user|owner|account_?holder|member|profile|tenant)_?(id|uuid|ref)$/i;
const isOwner = (name: string): boolean => ownerName.test(name);

/**
 * Who is named in the request is proposed before who is named in its answer, and that before whom
 * another operation names: the cheaper is also the surer.
 */
export function proposeOwner(
  operation: Operation,
  document: ApiDocument,
): OwnerProposal | undefined {
  if (
    operation.security !== undefined &&
    (operation.security.length === 0 ||
      operation.security.some((requirement) => Object.keys(requirement).length === 0))
  )
    return undefined;
  return (
    byParameter(operation) ??
    (operation.method === "GET"
      ? byAnswer(operation, document)
      : (byBody(operation, document) ?? byLookup(operation, document)))
  );
}

function byParameter({ key, parameters, pathTemplate }: Operation): OwnerProposal | undefined {
  const inPath = parameterNames(pathTemplate).find(isOwner);
  if (inPath !== undefined)
    return {
      rule: `param: ${inPath}, is: token.sub`,
      reason: `the path of ${key} names a person: {${inPath}}`,
    };
  const inQuery = parameters.find(
    (parameter) => parameter.in === "query" && isOwner(parameter.name),
  );
  return inQuery === undefined
    ? undefined
    : {
        rule: `param: ${inQuery.name}, is: token.sub${inQuery.required ? "" : ", optional: true"}`,
        reason: `the query of ${key} names a person: ${inQuery.name}`,
      };
}

function byAnswer(operation: Operation, document: ApiDocument): OwnerProposal | undefined {
  const place = ownerInAnswer(operation, document);
  return place === undefined
    ? undefined
    : {
        rule: `response: ${place}, is: token.sub`,
        reason: `the answer of ${operation.key} names ${place.includes("*") ? "the owner of each element" : "its owner"}: ${place}`,
      };
}

/** On the surface of the answer, or of the elements of a list on it. */
function ownerInAnswer({ responses }: Operation, { schemas }: ApiDocument): string | undefined {
  const schema = responses
    .find(({ status }) => status === "200")
    ?.content.find(({ mediaType }) => mediaType.includes("json"))?.schema;
  const ownerOf = (one: JsonSchema | undefined): string | undefined =>
    memberNames(one, schemas).find(isOwner);
  const direct = ownerOf(schema);
  if (direct !== undefined) return `/${direct}`;
  const inList = ownerOf(itemSchema(schema, schemas));
  if (inList !== undefined) return `/*/${inList}`;
  for (const name of memberNames(schema, schemas)) {
    const inner = ownerOf(itemSchema(memberSchema(schema, name, schemas), schemas));
    if (inner !== undefined) return `/${name}/*/${inner}`;
  }
  return undefined;
}

const bodySchema = ({ requestBody }: Operation): JsonSchema | undefined =>
  requestBody?.content.find(({ mediaType }) => mediaType.includes("json"))?.schema;

function byBody(operation: Operation, { schemas }: ApiDocument): OwnerProposal | undefined {
  const schema = bodySchema(operation);
  const name = memberNames(schema, schemas).find(isOwner);
  if (name === undefined) return undefined;
  const required =
    typeof schema === "object" &&
    Array.isArray(schema["required"]) &&
    schema["required"].includes(name);
  return {
    rule: `body: /${name}, is: token.sub${required ? "" : ", optional: true"}`,
    reason: `the body of ${operation.key} names a person: ${name}`,
  };
}

/**
 * A GET of the same object names its owner: the one that stands nearest above it in the path, or
 * whose only parameter the body has too.
 */
function byLookup(operation: Operation, document: ApiDocument): OwnerProposal | undefined {
  const tellers = document.operations.filter(
    (one) =>
      one.method === "GET" &&
      one.operationId !== undefined &&
      parameterNames(one.pathTemplate).length > 0 &&
      isToldAll(operation, one) &&
      ownerInAnswer(one, document)?.includes("*") === false,
  );
  const [above] = tellers
    .filter(
      ({ pathTemplate }) =>
        operation.pathTemplate === pathTemplate ||
        operation.pathTemplate.startsWith(`${pathTemplate}/`),
    )
    .sort((a, b) => b.pathTemplate.length - a.pathTemplate.length);
  if (above !== undefined)
    return {
      rule: `lookup: ${above.operationId}, response: ${ownerInAnswer(above, document)}, is: token.sub`,
      reason: `${above.key} names the owner of what ${operation.key} changes`,
    };
  if (parameterNames(operation.pathTemplate).length > 0) return undefined;
  const names = memberNames(bodySchema(operation), document.schemas);
  for (const teller of tellers) {
    const [parameter = "", another] = parameterNames(teller.pathTemplate);
    if (another === undefined && names.includes(parameter))
      return {
        rule: `lookup: ${teller.operationId}, with: { ${parameter}: /${parameter} }, response: ${ownerInAnswer(teller, document)}, is: token.sub`,
        reason: `the body of ${operation.key} names a ${parameter}, whose owner ${teller.key} names`,
      };
  }
  return undefined;
}

/** What may choose the object must be declared by both, or the owner of another would be told. */
const isToldAll = ({ parameters }: Operation, teller: Operation): boolean =>
  parameters.every(
    ({ in: location, name }) =>
      location === "path" ||
      (location === "header" && choosesNothing.has(name.toLowerCase())) ||
      teller.parameters.some((one) => one.in === location && one.name === name),
  );
