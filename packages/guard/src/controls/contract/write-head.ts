import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import { fillTemplate, readTemplate } from "../../document/path-template.ts";
import type { Known } from "../../facts/facts.ts";
import { plainInteger } from "../../reading/plain-number.ts";
import { respellPairs, writePairs } from "../../reading/write-pairs.ts";
import type { Check } from "../check.ts";
import { otherwiseSpelled, vouchesFor } from "./as-sent.ts";
import { compileWriteCookies } from "./write-cookies.ts";
import { compileRespellParameter, isWhole, type Respell } from "./respell.ts";

type Gives = "forwardFields" | "path" | "pathParameters" | "query" | "unwritten";
type Writing = Known<"path" | "pathParameters" | "query" | "forwardFields", Gives>;

/**
 * Compiles how path, query and declared header fields are written: from the values that are judged.
 * What is written so already stays as it is, byte for byte.
 */
export function compileWriteHead(
  operation: Operation,
  schemas: SchemaRegistry,
  asSent: boolean,
): Check<"path" | "pathParameters" | "query", Gives> {
  const writePath = compileWritePath(operation, schemas);
  const writeFields = compileWriteFields(operation, schemas);
  const respellOf = compileRespellQuery(operation, schemas);
  return (known) => {
    const query = changedQuery(known, respellOf);
    const path = writePath?.(known);
    const fields = writeFields?.(known.forwardFields);
    if (query === undefined && path === undefined && fields === undefined) return undefined;
    if (asSent || vouchesFor(known, "head")) return headOtherwise;
    takeChanged(known, query, path);
    if (fields !== undefined) known.forwardFields = fields;
    return undefined;
  };
}

const headOtherwise = otherwiseSpelled("the path, the query or a declared field");

/**
 * The query as it goes on, where that is not what was sent. One that cannot be read in one way is
 * noted in `unwritten`.
 */
function changedQuery(known: Writing, respellOf: RespellOf | undefined): string | undefined {
  if (known.query === "") return undefined;
  const written = writeQuery(known.query, respellOf);
  if (written === undefined) (known.unwritten ??= []).push("query");
  return written === known.query ? undefined : written;
}

function takeChanged(
  known: Writing,
  query: string | undefined,
  path: WrittenPath | undefined,
): void {
  if (query !== undefined) known.query = query;
  if (path === undefined) return;
  known.pathParameters = path.segments;
  known.path = path.path;
}

/** Undefined where it cannot be read in one way. */
function writeQuery(query: string, respellOf: RespellOf | undefined): string | undefined {
  const written = writePairs(query, "%20");
  return written === undefined || respellOf === undefined
    ? written
    : respellPairs(written, respellOf);
}

type RespellOf = (name: string) => Respell | undefined;

function compileRespellQuery(
  { parameters }: Operation,
  schemas: SchemaRegistry,
): RespellOf | undefined {
  const byName = new Map<string, Respell>();
  for (const parameter of parameters) {
    const respell =
      parameter.in === "query" ? compileRespellParameter(parameter, schemas) : undefined;
    if (respell !== undefined) byName.set(parameter.name, respell);
  }
  return byName.size === 0 ? undefined : (name) => byName.get(name);
}

interface WrittenPath {
  readonly segments: string[];
  readonly path: string;
}

function compileWritePath(
  { parameters, pathTemplate }: Operation,
  schemas: SchemaRegistry,
): ((known: Writing) => WrittenPath | undefined) | undefined {
  const template = readTemplate(pathTemplate);
  const respells = template.names.map((name) => {
    const parameter = parameters.find((one) => one.in === "path" && one.name === name);
    return parameter === undefined ? undefined : compileRespellParameter(parameter, schemas);
  });
  if (respells.every((one) => one === undefined)) return undefined;
  return ({ pathParameters }) => {
    const segments = pathParameters.map((raw, index) => respells[index]?.(raw) ?? raw);
    return segments.every((one, index) => one === pathParameters[index])
      ? undefined
      : { segments, path: fillTemplate(template, segments) };
  };
}

/** Writes the fields that the operation declares; undefined where they are written so already. */
function compileWriteFields(
  operation: Operation,
  schemas: SchemaRegistry,
): ((forwardFields: readonly string[]) => string[] | undefined) | undefined {
  const byName = new Map<string, (text: string) => string>();
  for (const parameter of operation.parameters) {
    if (parameter.in === "header" && isWhole(parameter, schemas))
      byName.set(parameter.name.toLowerCase(), (text) => plainInteger(text.trim()) ?? text);
  }
  const writeCookies = compileWriteCookies(operation);
  if (writeCookies !== undefined) byName.set("cookie", writeCookies);
  if (byName.size === 0) return undefined;
  return (forwardFields) => {
    let changed: string[] | undefined;
    for (let index = 0; index < forwardFields.length; index += 2) {
      const write = byName.get((forwardFields[index] as string).toLowerCase());
      const sent = forwardFields[index + 1] as string;
      const written = write?.(sent) ?? sent;
      if (written !== sent) (changed ??= [...forwardFields])[index + 1] = written;
    }
    return changed;
  };
}
