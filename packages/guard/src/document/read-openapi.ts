import { resolve } from "node:path";
import type { ApiDocument, Fault, Operation } from "./api-document.ts";
import { applyOverlays } from "./apply-overlay.ts";
import { SchemaCollector } from "./collect-schemas.ts";
import { convertSwagger } from "./convert-swagger.ts";
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
 * check of an operation undone, and the operation says so. Swagger 2.0 is read as OpenAPI 3.0.
 *
 * @param overlays files that are laid over it, in this order
 * @param onOpen is told of each file before it is read, whether or not it is there
 */
export function readOpenApi(
  file: string,
  overlays: readonly string[] = [],
  onOpen?: (file: string) => void,
): OpenApiReading {
  const set = new DocumentSet(onOpen);
  try {
    return readInto(set, file, overlays);
  } catch (fault) {
    // The stack ends where parts refer to one another, or are nested, ten thousand deep.
    if (!(fault instanceof RangeError)) throw fault;
    return { document: undefined, faults: [...set.faults, tooDeep(resolve(file))] };
  }
}

const tooDeep = (file: string): Fault => ({
  file,
  line: 1,
  column: 1,
  severity: "error",
  message: "its parts are nested, or refer to one another, too deeply to be followed",
});

function readInto(set: DocumentSet, file: string, overlays: readonly string[]): OpenApiReading {
  const written = set.open(resolve(file));
  if (written === undefined) return { document: undefined, faults: set.faults };
  const source = applyOverlays(written, overlays, set);
  const asWritten: Located = { document: source, path: [], value: source.value };
  const root = isSwagger(asWritten) ? convertSwagger(asWritten, set) : asWritten;
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
  set.fault(child(root, "openapi"), "this is not an OpenAPI document", {
    expected: 'openapi: 3.0.x, 3.1.x or 3.2.x, or swagger: "2.0"',
  });
  return undefined;
}

/** YAML reads 2.0 as a number. */
const isSwagger = ({ value }: Located): boolean =>
  isRecord(value) && (value["swagger"] === "2.0" || value["swagger"] === 2);
