import type { JsonSchema, SchemaRegistry } from "../../document/api-document.ts";
import { itemSchema, memberSchema, sameValueSchemas } from "../../document/schema/schema-walk.ts";
import { findOddNumbers, type OddNumber, writePlainNumbers } from "../../reading/odd-numbers.ts";
import { escapeToken } from "../../reading/json-pointer.ts";

/**
 * Keywords by which a schema judges a number. They judge it as a double, while the backend is sent
 * its text: where a double loses digits, the two see different numbers.
 */
const bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] as const;
const others = ["multipleOf", "enum", "const"] as const;

export interface JudgedNumbers {
  /** The text in which every whole number is written plainly; undefined where it was already. */
  readonly written: string | undefined;
  /** The first number that cannot be judged as it will be read, as a JSON pointer. */
  readonly refused: string | undefined;
}

const noOdd: JudgedNumbers = Object.freeze({ written: undefined, refused: undefined });

/**
 * Judges the numbers of a JSON text whose spelling programs read differently. A whole number is
 * written plainly; one that a double does not keep is refused where a rule reads it, because the
 * rule would judge another number than the backend reads.
 */
export function judgeNumbers(
  text: string,
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): JudgedNumbers {
  const odd = findOddNumbers(text);
  if (odd === undefined) return noOdd;
  const refused = odd.find((number) => !isJudged(number, schema, schemas));
  if (refused !== undefined)
    return { written: undefined, refused: `/${refused.tokens.map(escapeToken).join("/")}` };
  const written = writePlainNumbers(text);
  return { written: odd.some(isRespelled) ? written : undefined, refused: undefined };
}

const isRespelled = ({ plain, source }: OddNumber): boolean =>
  plain !== undefined && plain !== source;

function isJudged(
  { kept, plain, source, tokens }: OddNumber,
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): boolean {
  if (kept) return true;
  // A program that reads doubles takes it for a whole number which the caller did not write: for
  // another id, or another amount, than was judged.
  if (plain === undefined && Number.isInteger(Number(source))) return false;
  const at = schemaAt(schema, tokens, schemas);
  for (const part of sameValueSchemas(at, schemas)) {
    if (others.some((keyword) => part[keyword] !== undefined)) return false;
    if (!bounds.some((keyword) => part[keyword] !== undefined)) continue;
    if (plain === undefined || !isWithin(BigInt(plain), part)) return false;
  }
  return true;
}

/** Bounds of a whole number of more digits than a double keeps, compared to the last digit. */
function isWithin(value: bigint, schema: Readonly<Record<string, unknown>>): boolean {
  const bound = (keyword: (typeof bounds)[number]): number | undefined =>
    typeof schema[keyword] === "number" ? schema[keyword] : undefined;
  const [least, most] = [bound("minimum"), bound("maximum")];
  const [above, below] = [bound("exclusiveMinimum"), bound("exclusiveMaximum")];
  return (
    (least === undefined || value >= least) &&
    (most === undefined || value <= most) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

function schemaAt(
  schema: JsonSchema | undefined,
  tokens: readonly string[],
  schemas: SchemaRegistry,
): JsonSchema | undefined {
  let at = schema;
  for (const name of tokens)
    at =
      memberSchema(at, name, schemas) ?? (/^\d+$/.test(name) ? itemSchema(at, schemas) : undefined);
  return at;
}
