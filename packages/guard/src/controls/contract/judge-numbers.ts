import type { JsonSchema, SchemaRegistry } from "../../document/api-document.ts";
import { itemSchema, memberSchema, sameValueSchemas } from "../../document/schema/schema-walk.ts";
import { escapeToken } from "../../reading/json-pointer.ts";
import {
  countOddNumbers,
  type OddNumber,
  parseWritten,
  WrittenNumber,
} from "../../reading/odd-numbers.ts";

/** Keywords that a schema judges a number by. A double would be judged, and the text passed on. */
const bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] as const;
const others = ["multipleOf", "enum", "const"] as const;

/** More in one body is no app's; each has to be looked at and written. */
const mostRespelled = 1000;

export interface JudgedNumbers {
  /** The text in which every whole number is written plainly; undefined where it was already. */
  readonly written: string | undefined;
  /** Why the body cannot be judged as it will be read. */
  readonly refused: { readonly pointer: string; readonly detail: string } | undefined;
}

const noOdd: JudgedNumbers = Object.freeze({ written: undefined, refused: undefined });

const refusedAt = (pointer: string, detail: string): JudgedNumbers => ({
  written: undefined,
  refused: { pointer, detail },
});

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
  const { odd, respelled } = countOddNumbers(text, mostRespelled);
  if (odd === 0) return noOdd;
  if (respelled > mostRespelled)
    return refusedAt("", `more than ${mostRespelled} numbers are not written plainly`);
  const value = { "": parseWritten(text) };
  const pointer = new Judging(schemas).walk(value, "", value[""], schema);
  if (pointer !== undefined)
    return refusedAt(pointer, "a number has more digits than its check can judge");
  return respelled === 0 ? noOdd : { written: JSON.stringify(value[""]), refused: undefined };
}

/** What a schema judges numbers by, put together once for each schema of a body. */
type NumberRules = readonly Readonly<Record<string, unknown>>[];

class Judging {
  readonly #schemas: SchemaRegistry;
  readonly #rules = new Map<JsonSchema | undefined, NumberRules>();

  constructor(schemas: SchemaRegistry) {
    this.#schemas = schemas;
  }

  /**
   * Puts every number down as it will be written. @returns where one stands that cannot be judged,
   * as a JSON pointer
   */
  walk(
    holder: object,
    name: string | number,
    value: unknown,
    schema: JsonSchema | undefined,
  ): string | undefined {
    if (value instanceof WrittenNumber) {
      const { odd } = value;
      if (odd !== undefined && !isJudged(odd, this.#rulesOf(schema))) return "";
      (holder as Record<string | number, unknown>)[name] = value.toRawJson();
      return undefined;
    }
    if (typeof value !== "object" || value === null) return undefined;
    return Array.isArray(value) ? this.#walkList(value, schema) : this.#walkMembers(value, schema);
  }

  #walkList(list: readonly unknown[], schema: JsonSchema | undefined): string | undefined {
    const item = itemSchema(schema, this.#schemas);
    for (let index = 0; index < list.length; index += 1) {
      const at = this.walk(list, index, list[index], item);
      if (at !== undefined) return `/${index}${at}`;
    }
    return undefined;
  }

  #walkMembers(value: object, schema: JsonSchema | undefined): string | undefined {
    for (const [name, part] of Object.entries(value)) {
      if (typeof part !== "object" || part === null) continue;
      const at = this.walk(value, name, part, memberSchema(schema, name, this.#schemas));
      if (at !== undefined) return `/${escapeToken(name)}${at}`;
    }
    return undefined;
  }

  #rulesOf(schema: JsonSchema | undefined): NumberRules {
    let rules = this.#rules.get(schema);
    if (rules === undefined) {
      rules = [...sameValueSchemas(schema, this.#schemas)].filter((part) =>
        [...bounds, ...others].some((keyword) => part[keyword] !== undefined),
      );
      this.#rules.set(schema, rules);
    }
    return rules;
  }
}

function isJudged({ kept, plain, source }: OddNumber, rules: NumberRules): boolean {
  if (kept) return true;
  // To whatever reads doubles, an owner or an amount, it is a whole number that was not written.
  if (plain === undefined && Number.isInteger(Number(source))) return false;
  return rules.every(
    (rule) =>
      plain !== undefined &&
      others.every((keyword) => rule[keyword] === undefined) &&
      isWithin(BigInt(plain), rule),
  );
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
