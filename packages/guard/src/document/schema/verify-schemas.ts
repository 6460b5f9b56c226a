import type { Ajv2020 } from "ajv/dist/2020.js";
import type {
  ApiDocument,
  Fault,
  JsonSchema,
  MediaTypeContract,
  Operation,
  SourcePosition,
} from "../api-document.ts";
import { compileBoundedPattern } from "./bounded-pattern.ts";
import { createSchemaEngine } from "./compile-schema.ts";
import { isSchemaObject } from "./schema-walk.ts";

/**
 * Says what in a document's schemas would not compile, before the first request finds out: against
 * the meta-schema, and pattern by pattern.
 */
export function verifySchemas(document: ApiDocument): readonly Fault[] {
  const faults: Fault[] = [];
  const ajv = createSchemaEngine();
  const seen = new Set<unknown>();
  const start: SourcePosition = { file: document.file, line: 1, column: 1 };
  for (const [name, schema] of Object.entries(document.schemas))
    verify(ajv, schema, `the schema '${name}'`, start, seen, faults);
  for (const operation of document.operations)
    for (const [where, schema] of inlineSchemas(operation))
      verify(
        ajv,
        schema,
        `${where} of '${operation.operationId ?? operation.key}'`,
        operation.position,
        seen,
        faults,
      );
  return faults;
}

function* inlineSchemas(operation: Operation): Generator<[string, JsonSchema]> {
  const ofContent = function* (
    where: string,
    content: readonly MediaTypeContract[],
  ): Generator<[string, JsonSchema]> {
    for (const { mediaType, schema } of content)
      if (schema !== undefined) yield [`the ${where} (${mediaType})`, schema];
  };
  for (const parameter of operation.parameters) {
    const schema = parameter.schema ?? parameter.content?.schema;
    if (schema !== undefined) yield [`the parameter '${parameter.name}'`, schema];
  }
  if (operation.requestBody !== undefined)
    yield* ofContent("request body", operation.requestBody.content);
  for (const response of operation.responses)
    yield* ofContent(`response ${response.status}`, response.content);
  for (const [direction, schema] of Object.entries(operation.messages ?? {}))
    yield [`the ${direction} messages`, schema];
}

function verify(
  ajv: Ajv2020,
  schema: JsonSchema,
  what: string,
  position: SourcePosition,
  seen: Set<unknown>,
  faults: Fault[],
): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  if (ajv.validateSchema(schema) !== true) {
    const [error] = ajv.errors ?? [];
    faults.push({
      ...position,
      severity: "error",
      message:
        `${what} is not a JSON Schema: ${error?.instancePath ?? ""} ${error?.message ?? ""}`.trimEnd(),
      expected: "JSON Schema 2020-12, or OpenAPI 3.0's dialect in a 3.0 document",
    });
    return;
  }
  const bad = firstBadPattern(schema, new Set());
  if (bad !== undefined)
    faults.push({
      ...position,
      severity: "error",
      message: `${what}: ${bad}`,
      mend: "Write the pattern without loops within loops, or bound it with maxLength and a simpler pattern.",
    });
}

/** Keywords whose value is no schema, whatever it looks like. */
const values: ReadonlySet<string> = new Set(["enum", "const", "default"]);

function firstBadPattern(schema: unknown, seen: Set<unknown>): string | undefined {
  if (typeof schema !== "object" || schema === null || seen.has(schema)) return undefined;
  seen.add(schema);
  for (const pattern of isSchemaObject(schema) ? patternsOf(schema) : []) {
    const bad = faultOfPattern(pattern);
    if (bad !== undefined) return bad;
  }
  for (const [keyword, part] of Object.entries(schema)) {
    const bad = values.has(keyword) ? undefined : firstBadPattern(part, seen);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

/** The patterns that a schema states itself, without its parts. */
function patternsOf({ pattern, patternProperties }: Readonly<Record<string, unknown>>): string[] {
  const ofNames = isSchemaObject(patternProperties) ? Object.keys(patternProperties) : [];
  return typeof pattern === "string" ? [pattern, ...ofNames] : ofNames;
}

function faultOfPattern(pattern: string): string | undefined {
  try {
    compileBoundedPattern(pattern);
    return undefined;
  } catch (fault) {
    return (fault as Error).message;
  }
}
