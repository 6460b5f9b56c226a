import { compileBoundedPattern } from "./bounded-pattern.ts";

/** What the value of a keyword must be. */
interface KeywordShape {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

const types: ReadonlySet<unknown> = new Set([
  "array",
  "boolean",
  "integer",
  "null",
  "number",
  "object",
  "string",
]);

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const anything: KeywordShape = { expected: "any value", holds: () => true };
const flag: KeywordShape = {
  expected: "true or false",
  holds: (value) => typeof value === "boolean",
};
const number: KeywordShape = {
  expected: "a number",
  holds: (value) => typeof value === "number" && Number.isFinite(value),
};
const count: KeywordShape = {
  expected: "a whole number from 0",
  holds: (value) => Number.isInteger(value) && (value as number) >= 0,
};
const text: KeywordShape = { expected: "a text", holds: (value) => typeof value === "string" };
/** OpenAPI 3.0 writes a flag where later versions write the bound. */
const exclusive: KeywordShape = {
  expected: "a number",
  holds: (value) => typeof value === "boolean" || number.holds(value),
};

/**
 * Keywords that checks read, and that hold no schemas. All others say nothing to a check and are
 * left out: a document's words about its schemas would otherwise be the larger half of a plan.
 */
const shapes: ReadonlyMap<string, KeywordShape> = new Map<string, KeywordShape>([
  [
    "type",
    {
      expected: "array, boolean, integer, null, number, object, string, or a list of them",
      holds: (value) =>
        types.has(value) ||
        (Array.isArray(value) &&
          value.length > 0 &&
          new Set(value).size === value.length &&
          value.every((one) => types.has(one))),
    },
  ],
  [
    "enum",
    {
      expected: "a list of at least one value",
      holds: (value) => Array.isArray(value) && value.length > 0,
    },
  ],
  ["const", anything],
  ["default", anything],
  [
    "multipleOf",
    {
      expected: "a number above 0",
      holds: (value) => number.holds(value) && (value as number) > 0,
    },
  ],
  ["maximum", number],
  ["minimum", number],
  ["exclusiveMaximum", exclusive],
  ["exclusiveMinimum", exclusive],
  ["maxLength", count],
  ["minLength", count],
  ["maxItems", count],
  ["minItems", count],
  ["maxContains", count],
  ["minContains", count],
  ["maxProperties", count],
  ["minProperties", count],
  ["uniqueItems", flag],
  ["required", { expected: "a list of names of properties", holds: isNames }],
  [
    "dependentRequired",
    {
      expected: "lists of names of properties, by the name of another",
      holds: (value) => isRecord(value) && Object.values(value).every(isNames),
    },
  ],
  ["format", text],
  ["pattern", text],
  ["contentEncoding", text],
  ["contentMediaType", text],
  ["nullable", flag],
  ["readOnly", flag],
  ["writeOnly", flag],
]);

/** Whether a check reads the keyword. */
export const isRead = (keyword: string): boolean => shapes.has(keyword);

/** What should stand there, or why it cannot be used; undefined where it is as it must be. */
export function faultOfKeyword(
  keyword: string,
  value: unknown,
): { readonly message: string; readonly expected?: string; readonly mend?: string } | undefined {
  const shape = shapes.get(keyword);
  if (shape !== undefined && !shape.holds(value))
    return {
      message: `'${keyword}' is not what a schema's '${keyword}' must be`,
      expected: shape.expected,
    };
  return keyword === "pattern" ? faultOfPattern(value as string) : undefined;
}

/** Why a pattern cannot be used; undefined where it can. */
export function faultOfPattern(
  pattern: string,
): { readonly message: string; readonly mend: string } | undefined {
  try {
    compileBoundedPattern(pattern);
    return undefined;
  } catch (fault) {
    return {
      message: (fault as Error).message,
      mend: "Write the pattern as ECMAScript reads it, without loops within loops beside look-around.",
    };
  }
}
