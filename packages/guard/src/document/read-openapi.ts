import { resolve } from "node:path";
import type { ApiDocument, Fault, Operation } from "./api-document.ts";
import { SchemaCollector } from "./collect-schemas.ts";
import { OperationReader } from "./read-operation.ts";
import { PathReader } from "./read-paths.ts";
import { readSecuritySchemes } from "./read-security.ts";
import { child, DocumentSet, isRecord, type Located } from "./references.ts";
import { tellApart } from "./tell-apart.ts";

const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** A document that was read, as far as it can be served. */
export interface OpenApiReading {
  /** Undefined where nothing of it can be served. */
  readonly document: ApiDocument | undefined;
  readonly faults: readonly Fault[];
}

/**
 * Reads an OpenAPI 3.0, 3.1 or 3.2 document, spread over as many local files as it likes. All
 * faults are named at once. No document is refused for a line of it: what cannot be read leaves a
 * check of an operation undone, and the operation says so.
 */
export function readOpenApi(file: string): OpenApiReading {
  const set = new DocumentSet();
  const source = set.open(resolve(file));
  if (source === undefined) return { document: undefined, faults: set.faults };
  const root: Located = { document: source, path: [], value: source.value };
  const openapi = versionOf(set, root);
  if (openapi === undefined) return { document: undefined, faults: set.faults };
  const info = readInfo(set, root);
  const collector = new SchemaCollector(set, openapi === "3.0");
  const securitySchemes = readSecuritySchemes(set, root);
  const reader = new OperationReader(
    set,
    collector,
    new Set(securitySchemes.map((scheme) => scheme.name)),
    child(root, "security"),
  );
  const read = new PathReader(set, reader, openapi, root).read(child(root, "paths"));
  const lostNames = collector.lostNames();
  const operations = tellApart(
    read.map((operation) => withUnchecked(operation, reader.uncheckedOf(operation, lostNames))),
    set.faults,
  );
  const faults = eachOnce(set.faults);
  const document: ApiDocument = {
    file: source.file,
    openapi,
    title: text(info["title"]),
    apiVersion: text(info["version"]),
    operations,
    schemas: collector.schemas,
    securitySchemes,
  };
  return {
    document: faults.some(({ severity }) => severity === "error") ? undefined : document,
    faults,
  };
}

function withUnchecked(
  operation: Operation,
  unchecked: NonNullable<Operation["unchecked"]>,
): Operation {
  return unchecked.length === 0 ? operation : { ...operation, unchecked };
}

/** What several operations share is read for each of them. */
function eachOnce(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Set<string>();
  return faults.filter(({ column, file, line, message }) => {
    const key = `${file}:${line}:${column} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function readInfo(set: DocumentSet, root: Located): Readonly<Record<string, unknown>> {
  const info = child(root, "info");
  const record = isRecord(info.value) ? info.value : {};
  if (typeof record["title"] !== "string")
    set.tolerate(info, "the document has no info.title", {
      expected: "info: { title: ..., version: ... }",
    });
  return record;
}

function versionOf(set: DocumentSet, root: Located): ApiDocument["openapi"] | undefined {
  const value = isRecord(root.value) ? root.value["openapi"] : undefined;
  const match = typeof value === "string" ? /^(3\.[012])(\.\d+)?(-.+)?$/.exec(value) : null;
  if (match !== null) return match[1] as ApiDocument["openapi"];
  const swagger = isRecord(root.value) && root.value["swagger"] !== undefined;
  set.fault(
    child(root, swagger ? "swagger" : "openapi"),
    swagger ? "this is a Swagger 2.0 document" : "this is not an OpenAPI document",
    {
      expected: "openapi: 3.0.x, 3.1.x or 3.2.x",
      ...(swagger ? { mend: "Convert it to OpenAPI 3 first." } : {}),
    },
  );
  return undefined;
}
