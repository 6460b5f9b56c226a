import type { Operation, SchemaRegistry } from "../operation.ts";
import type { Refusal } from "../refusal.ts";
import { type BodyCheck, compileBodyCheck } from "./check-body.ts";
import { type CheckHead, compileCheckParameters } from "./check-parameters.ts";
import type { SchemaCompiler } from "./compile-schema.ts";
import { compileMediaTypes, isJson, type MediaType, readMediaType } from "./media-type.ts";

export interface BodyReading {
  readonly kind: BodyCheck["kind"];
  check(bytes: Buffer, open?: (value: unknown) => unknown): { readonly refusal?: Refusal; readonly value?: unknown };
}

export interface RequestContract {
  readonly checkHead: CheckHead | undefined;
  readonly bodyRequired: boolean;
  /** Undefined when the document names no body. */
  readonly readingOf: ((contentType: string | undefined) => BodyReading | "unsupported-media-type") | undefined;
}

/** Names of query parameters that other parts declare: API keys of the document's security schemes, the API version. */
export function compileRequestContract(operation: Operation, schemas: SchemaRegistry, compiler: SchemaCompiler, alsoDeclared: readonly string[]): RequestContract {
  const { requestBody } = operation;
  const checkHead = compileCheckParameters(operation, schemas, compiler, alsoDeclared);
  if (requestBody === undefined) return { checkHead, bodyRequired: false, readingOf: undefined };
  const bodies = requestBody.content.map((contract) => ({ mediaType: contract.mediaType, value: compileBodyCheck(contract, schemas, compiler) }));
  const find = compileMediaTypes(bodies);
  const cache = new Map<string, BodyReading>();
  return {
    checkHead,
    bodyRequired: requestBody.required,
    readingOf(contentType) {
      if (contentType === undefined) return "unsupported-media-type";
      const known = cache.get(contentType);
      if (known !== undefined) return known;
      const sent = readMediaType(contentType);
      const body = sent === undefined ? undefined : find(sent);
      if (sent === undefined || body === undefined) return "unsupported-media-type";
      const reading = readingFor(body, sent);
      if (cache.size < 64) cache.set(contentType, reading);
      return reading;
    },
  };
}

/** A range (`*∕*`, `application/*`) may let JSON in: it is read as JSON then, so that no body has two readings. */
function readingFor(body: BodyCheck, sent: MediaType): BodyReading {
  const check = body.kind === "opaque" && isJson(sent) ? plainJson : body;
  return { kind: check.kind, check: (bytes, open) => check.check(bytes, sent, open) };
}

const plainJson: BodyCheck = compileBodyCheck({ mediaType: "application/json" }, {}, undefined as never);
