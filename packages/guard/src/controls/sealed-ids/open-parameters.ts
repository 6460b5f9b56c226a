import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import { idSeparator } from "../../document/parameter-style.ts";
import { fillTemplate, readTemplate } from "../../document/path-template.ts";
import { decodeSegment } from "../../document/sent-parameters.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import { plainName } from "../../reading/names-alike.ts";
import { readPairs } from "../../reading/query-pairs.ts";
import type { Check } from "../check.ts";
import { notOpened, openOne, type ReaderFacts, type Sealing } from "./sealing.ts";

interface SealedParameter {
  readonly name: string;
  readonly kind: string;
  /** What divides the ids in its text; undefined when it holds one. */
  readonly separator: string | undefined;
}

/**
 * Before the parameters are validated: handles in path and query become the ids they stand for,
 * which is what every later step and the backend see.
 */
export function compileOpenParameters(
  sealing: Sealing,
  operation: Operation,
  schemas: SchemaRegistry,
):
  | Check<
      "app" | "caller" | "path" | "pathParameters" | "query",
      "path" | "pathParameters" | "query"
    >
  | undefined {
  const template = readTemplate(operation.pathTemplate);
  const { inPath, inQuery } = sealedParameters(sealing, operation, schemas);
  if (inPath.length === 0 && inQuery.size === 0) return undefined;
  return (known) => {
    let refused: Refusal | undefined;
    for (const { index, parameter } of inPath) {
      const text = decodeSegment(known.pathParameters[index] ?? "");
      const opened = openAll(sealing, known, parameter, text);
      if (typeof opened === "string") known.pathParameters[index] = opened;
      else refused ??= opened;
    }
    if (inPath.length > 0) known.path = fillTemplate(template, known.pathParameters);
    if (inQuery.size > 0 && known.query !== "") {
      const opened = openQuery(sealing, known, known.query, inQuery);
      if (typeof opened === "string") known.query = opened;
      else refused ??= opened;
    }
    return refused;
  };
}

/** Which parameters of the operation hold sealed ids; those of the query by their plain names. */
function sealedParameters(
  { plan }: Sealing,
  { parameters, pathTemplate }: Operation,
  schemas: SchemaRegistry,
): {
  readonly inPath: readonly { readonly index: number; readonly parameter: SealedParameter }[];
  readonly inQuery: ReadonlyMap<string, SealedParameter>;
} {
  const sealed = (location: "path" | "query", name: string): SealedParameter | undefined => {
    const kind = Object.hasOwn(plan.parameters, name) ? plan.parameters[name] : undefined;
    if (kind === undefined) return undefined;
    const declared = parameters.find((one) => one.in === location && one.name === name);
    return {
      name,
      kind,
      separator: declared === undefined ? undefined : idSeparator(declared, schemas),
    };
  };
  const inPath = readTemplate(pathTemplate).names.flatMap((name, index) => {
    const parameter = sealed("path", name);
    return parameter === undefined ? [] : [{ index, parameter }];
  });
  const inQuery = new Map<string, SealedParameter>();
  for (const { in: location, name } of parameters) {
    const parameter = location === "query" ? sealed("query", name) : undefined;
    if (parameter !== undefined) inQuery.set(plainName(name), parameter);
  }
  return { inPath, inQuery };
}

/** What stands in one parameter, where it may be a list of ids; written as it stands in a path. */
function openAll(
  sealing: Sealing,
  known: ReaderFacts,
  { kind, name, separator }: SealedParameter,
  text: string,
): string | Refusal {
  const ids: string[] = [];
  for (const one of separator === undefined ? [text] : text.split(separator)) {
    const opened = openOne(sealing, known, kind, one, name);
    if (isRefusal(opened)) return opened;
    ids.push(encodeURIComponent(String(opened.id)));
  }
  return ids.join(separator === " " ? "%20" : separator);
}

/**
 * The rest of the query stays as it was sent. A name in another spelling, escaped or not, could
 * bring a raw id past the seal.
 */
function openQuery(
  sealing: Sealing,
  known: ReaderFacts,
  query: string,
  sealed: ReadonlyMap<string, SealedParameter>,
): string | Refusal {
  const parts: string[] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const [pair] = readPairs(part, 1) ?? [];
    // A pair that cannot be read could hold a raw id.
    if (pair === undefined) return notOpened("the query");
    const parameter = sealed.get(plainName(pair.name));
    if (parameter === undefined) {
      parts.push(part);
      continue;
    }
    if (parameter.name !== pair.name) return notOpened(`the query, as '${pair.name.slice(0, 40)}'`);
    const opened = openAll(sealing, known, parameter, pair.value);
    if (typeof opened !== "string") return opened;
    parts.push(`${encodeURIComponent(parameter.name)}=${opened}`);
  }
  return parts.join("&");
}
