import type { MediaTypeContract, SchemaRegistry } from "../operation.ts";
import { refuse, type Refusal, type Violation } from "../refusal.ts";
import { readStrictJson } from "../strict-json.ts";
import type { SchemaCheck, SchemaCompiler } from "./compile-schema.ts";
import { compileReadFields, readUrlEncodedFields } from "./form-body.ts";
import { isJson, readMediaType, type MediaType } from "./media-type.ts";
import { readMultipart } from "./multipart-body.ts";
import { memberSchema, typesOf } from "./schema-walk.ts";

export interface BodyCheck {
  readonly kind: "json" | "form" | "multipart" | "text" | "opaque";
  /** `value` is what later steps may read: limits by a property of the body. */
  /** `open`, for JSON: replaces what the app was given sealed, before the schema sees it. */
  check(bytes: Buffer, sent: MediaType, open?: (value: unknown) => unknown): { readonly refusal?: Refusal; readonly value?: unknown };
}

/** How a body of one declared media type is read and checked. Without a schema there is nothing to read, and it is streamed; JSON is read even so. */
export function compileBodyCheck(contract: MediaTypeContract, schemas: SchemaRegistry, compiler: SchemaCompiler): BodyCheck {
  const declared = contract.mediaType.trim() === "*/*" ? undefined : readMediaType(contract.mediaType);
  const fits = contract.schema === undefined ? undefined : compiler.compile(contract.schema);
  if (declared !== undefined && isJson(declared)) return jsonCheck(fits);
  if (fits === undefined || declared === undefined) return opaque;
  if (declared.type === "application" && declared.subtype === "x-www-form-urlencoded") return formCheck(contract, schemas, fits);
  if (declared.type === "multipart" && declared.subtype === "form-data") return multipartCheck(contract, schemas, fits);
  if (declared.type === "text" && typesOf(contract.schema, schemas).has("string")) return textCheck(fits);
  return opaque;
}

const opaque: BodyCheck = Object.freeze({ kind: "opaque", check: () => ({}) });

const violationOf = (fault: { readonly pointer: string; readonly keyword: string; readonly message: string }): Violation => ({ in: "body", pointer: fault.pointer, keyword: fault.keyword, message: fault.message });

function judge(value: unknown, fits: SchemaCheck | undefined): { readonly refusal?: Refusal; readonly value: unknown } {
  const fault = fits?.(value);
  return fault === undefined ? { value } : { value, refusal: refuse("request-invalid", { violations: [violationOf(fault)], detail: "body" }) };
}

function jsonCheck(fits: SchemaCheck | undefined): BodyCheck {
  return {
    kind: "json",
    check(bytes, sent, open) {
      // RFC 8259 knows no charset. One that says otherwise would make the backend read other characters.
      const charset = sent.parameters.get("charset");
      if (charset !== undefined && charset.toLowerCase() !== "utf-8") return { refusal: refuse("media-type-unsupported", { detail: `charset ${charset.slice(0, 20)}` }) };
      const read = readStrictJson(bytes);
      if ("unread" in read) return { refusal: refuse(read.unread === "malformed" ? "body-malformed" : "body-ambiguous", { detail: read.detail }) };
      return judge(open === undefined ? read.value : open(read.value), fits);
    },
  };
}

function formCheck(contract: MediaTypeContract, schemas: SchemaRegistry, fits: SchemaCheck): BodyCheck {
  const readFields = compileReadFields(contract, schemas);
  return {
    kind: "form",
    check(bytes, _sent, open) {
      const fields = readUrlEncodedFields(bytes);
      if (fields === undefined) return { refusal: refuse("body-malformed", { detail: "the form cannot be read in one way" }) };
      const value = readFields(fields);
      return value === undefined ? { refusal: refuse("body-ambiguous", { detail: "a field stands twice, or is not what its encoding says" }) } : judge(open === undefined ? value : open(value), fits);
    },
  };
}

function multipartCheck(contract: MediaTypeContract, schemas: SchemaRegistry, fits: SchemaCheck): BodyCheck {
  const readFields = compileReadFields(contract, schemas);
  const isFile = (name: string): boolean => {
    const schema = memberSchema(contract.schema, name, schemas);
    return typeof schema === "object" && (schema["format"] === "binary" || schema["contentMediaType"] !== undefined || typesOf(schema, schemas).size === 0);
  };
  return {
    kind: "multipart",
    check(bytes, sent) {
      const parts = readMultipart(bytes, sent.parameters.get("boundary"));
      if (typeof parts === "string") return { refusal: refuse("body-malformed", { detail: parts }) };
      for (const part of parts) {
        const allowed = contract.encoding !== undefined && Object.hasOwn(contract.encoding, part.name) ? contract.encoding[part.name]?.contentType : undefined;
        if (allowed !== undefined && part.contentType !== undefined && !allowsType(allowed, part.contentType)) {
          return { refusal: refuse("request-invalid", { detail: "a part's content type", violations: [{ in: "body", pointer: `/${part.name}`, keyword: "contentType", message: `must be ${allowed}` }] }) };
        }
      }
      // A file's bytes are no text: its length is what a schema may bound.
      const value = readFields(parts.map(({ bytes: content, filename, name }) => ({ name, value: filename !== undefined || isFile(name) ? content.toString("latin1") : content.toString() })));
      return value === undefined ? { refusal: refuse("body-ambiguous", { detail: "a field stands twice, or is not what its encoding says" }) } : judge(value, fits);
    },
  };
}

function allowsType(allowed: string, sent: string): boolean {
  const type = readMediaType(sent);
  if (type === undefined) return false;
  return allowed.split(",").some((one) => {
    const range = one.trim() === "*/*" ? undefined : readMediaType(one);
    return one.trim() === "*/*" || (range !== undefined && range.type === type.type && (range.subtype === "*" || range.subtype === type.subtype));
  });
}

function textCheck(fits: SchemaCheck): BodyCheck {
  return {
    kind: "text",
    check(bytes) {
      try {
        return judge(new TextDecoder("utf-8", { fatal: true }).decode(bytes), fits);
      } catch {
        return { refusal: refuse("body-malformed", { detail: "the text is not UTF-8" }) };
      }
    },
  };
}
