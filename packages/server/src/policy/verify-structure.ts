import { Validator } from "@seriousme/openapi-schema-validator";
import type { ErrorObject } from "ajv";
import { type Fault, readDocument } from "@portcullis/guard/documents";

const mostFaults = 5;

/**
 * Holds a document against the OpenAPI Initiative's own schema for its version. Warnings: what the
 * gate needs of a document it has read and understood by itself, and a team whose document has a
 * key too many must not be kept out.
 */
export async function verifyStructure(file: string): Promise<readonly Fault[]> {
  const { document } = readDocument(file);
  if (document === undefined || typeof document.value !== "object" || document.value === null)
    return [];
  const { errors, valid } = await new Validator({ strict: false }).validate(
    JSON.parse(JSON.stringify(document.value)) as Record<string, unknown>,
  );
  // Where it cannot even begin (another version, references across files), the gate's own reader
  // has said what there is to say.
  if (valid || !Array.isArray(errors)) return [];
  return deepest(errors).map((error) => ({
    ...document.positionOf(pathOf(error.instancePath)),
    severity: "warning",
    message: `OpenAPI's own schema does not hold here: ${error.instancePath === "" ? "the document" : error.instancePath} ${wordsOf(error)}`,
  }));
}

const pathOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));

/** A schema of alternatives complains about each; what went furthest is what was meant. */
function deepest(errors: readonly ErrorObject[]): ErrorObject[] {
  const seen = new Set<string>();
  return [...errors]
    .sort((a, b) => b.instancePath.split("/").length - a.instancePath.split("/").length)
    .filter((error) => {
      if (
        error.keyword === "anyOf" ||
        error.keyword === "oneOf" ||
        error.keyword === "if" ||
        seen.has(error.instancePath)
      )
        return false;
      // An ancestor of a place that is already named says the same once more.
      for (const place of seen) if (place.startsWith(`${error.instancePath}/`)) return false;
      seen.add(error.instancePath);
      return true;
    })
    .slice(0, mostFaults);
}

function wordsOf({ keyword, message, params }: ErrorObject): string {
  const name =
    (params as { additionalProperty?: unknown; unevaluatedProperty?: unknown })
      .additionalProperty ?? (params as { unevaluatedProperty?: unknown }).unevaluatedProperty;
  if (typeof name === "string") return `has '${name}', which OpenAPI does not know`;
  if (keyword === "enum")
    return `must be one of ${(params as { allowedValues?: unknown[] }).allowedValues?.join(", ") ?? ""}`;
  return message ?? keyword;
}
