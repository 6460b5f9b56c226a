import { resolve } from "node:path";
import type { ApiDocument, Fault, Operation } from "./api-document.ts";
import { SchemaCollector } from "./collect-schemas.ts";
import { OperationReader } from "./read-operation.ts";
import { readSecuritySchemes } from "./read-security.ts";
import { child, DocumentSet, isRecord, type Located } from "./references.ts";

const methodsOf30: readonly string[] = [
  "get",
  "put",
  "post",
  "delete",
  "options",
  "head",
  "patch",
  "trace",
];
const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";
const pathItemKeys: ReadonlySet<string> = new Set([
  "summary",
  "description",
  "servers",
  "parameters",
  "$ref",
  "additionalOperations",
]);

/**
 * Reads an OpenAPI 3.0, 3.1 or 3.2 document, spread over as many local files as it likes. All
 * faults are named at once.
 *
 * @param onOpen is told of each file before it is read, whether or not it is there
 */
export function readOpenApi(
  file: string,
  onOpen?: (file: string) => void,
): {
  readonly document: ApiDocument | undefined;
  readonly faults: readonly Fault[];
} {
  const set = new DocumentSet(onOpen);
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
    basePathOf(set, root),
    child(root, "security"),
  );
  const operations = readPaths(set, child(root, "paths"), openapi, reader);
  refuseDuplicates(operations, set.faults);
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
    document: set.faults.some((fault) => fault.severity === "error") ? undefined : document,
    faults: set.faults,
  };
}

function readInfo(set: DocumentSet, root: Located): Readonly<Record<string, unknown>> {
  const info = child(root, "info");
  const record = isRecord(info.value) ? info.value : {};
  if (typeof record["title"] !== "string")
    set.fault(info, "the document has no info.title", {
      expected: "info: { title: ..., version: ... }",
    });
  return record;
}

function readPaths(
  set: DocumentSet,
  paths: Located,
  openapi: ApiDocument["openapi"],
  reader: OperationReader,
): Operation[] {
  if (paths.value !== undefined && !isRecord(paths.value))
    set.fault(paths, "paths is not an object");
  const operations: Operation[] = [];
  for (const template of isRecord(paths.value) ? Object.keys(paths.value) : []) {
    if (template.startsWith("x-")) continue;
    const item = child(paths, template);
    if (template.startsWith("/"))
      operations.push(...readPathItem(set, item, openapi, reader, template));
    else
      set.fault(item, `the path '${template}' does not begin with a slash`, {
        mend: `Write '/${template}'.`,
      });
  }
  if (operations.length === 0)
    set.fault(paths, "the document names no operation", {
      expected: "at least one method under paths",
      severity: "warning",
    });
  return operations;
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

function readPathItem(
  set: DocumentSet,
  at: Located,
  openapi: ApiDocument["openapi"],
  reader: OperationReader,
  template: string,
): Operation[] {
  const item = set.follow(at);
  if (item === undefined) return [];
  if (!isRecord(item.value)) {
    set.fault(at, "a path item is not an object");
    return [];
  }
  const operations: Operation[] = [];
  const methods = openapi === "3.2" ? [...methodsOf30, "query"] : methodsOf30;
  for (const key of Object.keys(item.value)) {
    if (methods.includes(key))
      operations.push(
        ...reader.read(child(item, key), child(item, "parameters"), key.toUpperCase(), template),
      );
    else if (!pathItemKeys.has(key) && !key.startsWith("x-"))
      set.fault(child(item, key), `'${key}' is not a method`, {
        expected: `one of ${methods.join(", ")}`,
      });
  }
  const additional = child(item, "additionalOperations");
  if (isRecord(additional.value))
    for (const method of Object.keys(additional.value))
      operations.push(
        ...reader.read(child(additional, method), child(item, "parameters"), method, template),
      );
  return operations;
}

/** The path of the first server: what the app puts before every template. */
function basePathOf(set: DocumentSet, root: Located): string {
  const servers = child(root, "servers");
  if (!Array.isArray(servers.value)) return "";
  const paths = servers.value.map((server, index) => {
    const url = isRecord(server) && typeof server["url"] === "string" ? server["url"] : "/";
    const variables = child(servers, String(index), "variables").value;
    const filled = url.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
      const variable = isRecord(variables) ? variables[name] : undefined;
      return isRecord(variable) &&
        (typeof variable["default"] === "string" || typeof variable["default"] === "number")
        ? String(variable["default"])
        : "";
    });
    try {
      return new URL(filled, "http://base.invalid").pathname.replace(/\/+$/, "");
    } catch {
      set.fault(child(servers, String(index), "url"), `'${url}' is not a URL`);
      return "";
    }
  });
  if (new Set(paths).size > 1)
    set.fault(
      servers,
      `the servers have different paths (${[...new Set(paths)].join(", ")}); the first is used`,
      { severity: "warning" },
    );
  return paths[0] ?? "";
}

function refuseDuplicates(operations: readonly Operation[], faults: Fault[]): void {
  const byId = new Map<string, Operation>();
  const byShape = new Map<string, Operation>();
  for (const operation of operations) {
    const shape = `${operation.method} ${operation.pathTemplate.replaceAll(/\{[^{}]+\}/g, "{}")}`;
    const sameShape = byShape.get(shape);
    if (sameShape !== undefined)
      faults.push({
        ...operation.position,
        severity: "error",
        message: `'${operation.key}' is the same path as '${sameShape.key}' (line ${sameShape.position.line})`,
        mend: "Keep one of them.",
      });
    byShape.set(shape, operation);
    if (operation.operationId === undefined) continue;
    const sameId = byId.get(operation.operationId);
    if (sameId !== undefined)
      faults.push({
        ...operation.position,
        severity: "error",
        message: `the operationId '${operation.operationId}' is also that of '${sameId.key}' (line ${sameId.position.line})`,
        mend: "Give each operation an id of its own.",
      });
    byId.set(operation.operationId, operation);
  }
}
