import type { Operation, ResponseContract, SchemaRegistry } from "../operation.ts";
import type { Violation } from "../refusal.ts";
import type { SchemaCompiler } from "./compile-schema.ts";
import { compileReplaceMarked, type Marks, type ReplaceMarked } from "./marked-properties.ts";
import { compileMediaTypes, isJson, readMediaType } from "./media-type.ts";
import { compileStrip, type RestrictedProperties } from "./strip-undeclared.ts";

/** What the document says of one kind of answer. */
export interface AnswerContract {
  /** False for a status or media type that the document does not name. */
  readonly declared: boolean;
  /** Whether a check reads the body. */
  readonly needsBody: boolean;
  /** Replaces ids at the places the policy names. */
  readonly replaceMarked: ReplaceMarked | undefined;
  check(value: unknown): readonly Violation[] | undefined;
  strip(value: unknown, roles: readonly string[]): { readonly value: unknown; readonly stripped: readonly string[] } | undefined;
}

const undeclared: AnswerContract = Object.freeze({ declared: false, needsBody: false, replaceMarked: undefined, check: () => undefined, strip: () => undefined });
const unread: AnswerContract = Object.freeze({ declared: true, needsBody: false, replaceMarked: undefined, check: () => undefined, strip: () => undefined });

/** Finds the contract by status (exact, then range, then default) and content type. The same pair gives the same object. */
export function compileAnswerContracts(operation: Operation, schemas: SchemaRegistry, compiler: SchemaCompiler, visible: RestrictedProperties = {}, marks: Marks = {}): (status: number, contentType: string | undefined) => AnswerContract {
  const byStatus = new Map(operation.responses.map((response) => [response.status, compileResponse(response, schemas, compiler, visible, marks)]));
  return (status, contentType) => {
    const response = byStatus.get(String(status)) ?? byStatus.get(`${Math.floor(status / 100)}XX`) ?? byStatus.get("default");
    if (response !== undefined) return response(contentType);
    // Any backend may answer these without its document saying so: they carry no body, or a cached one's validator.
    return status === 304 || status < 200 ? unread : undeclared;
  };
}

function compileResponse(response: ResponseContract, schemas: SchemaRegistry, compiler: SchemaCompiler, visible: RestrictedProperties, marks: Marks): (contentType: string | undefined) => AnswerContract {
  if (response.content.length === 0) return () => unread;
  const contracts = response.content.map(({ mediaType, schema }) => {
    const declared = readMediaType(mediaType);
    if (schema === undefined || declared === undefined || !isJson(declared)) return { mediaType, value: unread };
    const fits = compiler.compile(schema);
    const strip = compileStrip(schema, schemas, visible);
    const value: AnswerContract = {
      declared: true,
      needsBody: true,
      replaceMarked: compileReplaceMarked(schema, schemas, marks),
      check(body) {
        const fault = fits(body);
        return fault === undefined ? undefined : [{ in: "body", pointer: fault.pointer, keyword: fault.keyword, message: fault.message }];
      },
      strip: (body, roles) => strip?.(body, roles),
    };
    return { mediaType, value };
  });
  const find = compileMediaTypes(contracts);
  const cache = new Map<string, AnswerContract>();
  return (contentType) => {
    // An answer without a body has no type.
    if (contentType === undefined) return unread;
    let found = cache.get(contentType);
    if (found === undefined) {
      const sent = readMediaType(contentType);
      found = (sent === undefined ? undefined : find(sent)) ?? undeclared;
      if (cache.size < 64) cache.set(contentType, found);
    }
    return found;
  };
}
