import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import * as formats from "ajv-formats";
import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { compileBoundedPattern } from "./bounded-pattern.ts";
import { areUnique } from "./unique-items.ts";
import { type Direction, SchemaCloser } from "./close-schema.ts";

/** Where and how a value does not fit; `undeclared` for a property that no schema names. */
export interface SchemaFault {
  readonly pointer: string;
  readonly keyword: string;
  readonly message: string;
}

/** Undefined when the value fits. */
export type SchemaCheck = (value: unknown) => SchemaFault | undefined;

interface PatternEngine {
  (source: string, flags: string): { test(text: string): boolean };
  code: string;
}

const patternEngine: PatternEngine = Object.assign(
  (source: string) => compileBoundedPattern(source),
  { code: "compileBoundedPattern" },
);

/**
 * One ajv as this project needs it: JSON Schema 2020-12, own properties only, patterns in bounded
 * time, unknown formats ignored.
 */
export function createSchemaEngine(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    ownProperties: true,
    allErrors: false,
    messages: true,
    validateSchema: false,
    inlineRefs: false,
    logger: false,
    code: { regExp: patternEngine },
  });
  formats.default.default(ajv, { mode: "full" });
  // ajv compares every element with every other one.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (wanted: boolean, list: unknown[]) => !wanted || areUnique(list),
    error: { message: "must not have equal elements" },
  });
  return ajv;
}

/**
 * The schemas of one document in one direction. Each is compiled when it is first needed: most
 * operations of a large document are not called in the first minute, and none should wait for the
 * others.
 */
export class SchemaCompiler {
  readonly #schemas: SchemaRegistry;
  readonly #closer: SchemaCloser;
  #ajv: Ajv2020 | undefined;

  constructor(schemas: SchemaRegistry, direction: Direction) {
    this.#schemas = schemas;
    this.#closer = new SchemaCloser(schemas, direction, baseUri);
  }

  compile(schema: JsonSchema): SchemaCheck {
    let validate: ValidateFunction | undefined;
    return (value) => {
      validate ??= this.#engine().compile(this.#closer.place(schema) as object | boolean);
      if (validate(value)) return undefined;
      const [error] = validate.errors ?? [];
      return error === undefined
        ? { pointer: "", keyword: "schema", message: "does not fit" }
        : faultOf(error);
    };
  }

  #engine(): Ajv2020 {
    if (this.#ajv !== undefined) return this.#ajv;
    const $defs: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(this.#schemas))
      $defs[name] = this.#closer.part(schema);
    this.#ajv = createSchemaEngine();
    this.#ajv.addSchema({ $id: baseUri, $defs });
    return this.#ajv;
  }
}

const baseUri = "portcullis:document";

function faultOf(error: ErrorObject): SchemaFault {
  const pointer = error.instancePath;
  const { keyword, params } = error as { keyword: string; params: Record<string, unknown> };
  if (keyword === "unevaluatedProperties" || keyword === "additionalProperties") {
    const name = params["unevaluatedProperty"] ?? params["additionalProperty"];
    return {
      pointer: `${pointer}/${escapeToken(String(name))}`,
      keyword: "undeclared",
      message: "is not declared",
    };
  }
  if (keyword === "false schema")
    return { pointer, keyword: "undeclared", message: "may not be sent" };
  if (keyword === "required")
    return {
      pointer: `${pointer}/${escapeToken(String(params["missingProperty"]))}`,
      keyword,
      message: "is missing",
    };
  return { pointer, keyword, message: (error.message ?? "does not fit").slice(0, 200) };
}

const escapeToken = (name: string): string =>
  name.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1");
