import type { MediaTypeContract, SchemaRegistry } from "../../document/api-document.ts";
import type { SchemaCheck, SchemaCompiler } from "../../document/schema/compile-schema.ts";
import { typesOf } from "../../document/schema/schema-walk.ts";
import { nameOnly } from "../../facts/name-only.ts";
import type { BodyReading } from "../../facts/body.ts";
import { refuse, type Refusal, type Violation } from "../../facts/refusal.ts";
import { isJson, type MediaType, readMediaType } from "../../reading/media-type.ts";
import { twinParameter, writeMediaType } from "../../reading/write-media-type.ts";
import { compileFormReading } from "./form-reading.ts";
import { compileJsonReading } from "./json-reading.ts";
import { compileMultipartReading } from "./multipart-reading.ts";
import { problems } from "./problems.ts";

/** How a body of one declared media type is read, for the media type as it was sent. */
export type ReadingFor = (sent: MediaType) => BodyReading;

/** What is read by its schema; the rest of a reading follows from the media type that was sent. */
export type ReadBytes = Pick<BodyReading, "kind" | "read" | "fits">;

/**
 * Compiles how a body of one declared media type is read and checked. Without a schema there is
 * nothing to read, and it is streamed; JSON is read even so, so that no body has two readings.
 */
export function compileBodyReading(
  contract: MediaTypeContract,
  schemas: SchemaRegistry,
  compiler: SchemaCompiler,
): ReadingFor {
  const declared =
    contract.mediaType.trim() === "*/*" ? undefined : readMediaType(contract.mediaType);
  const { schema } = contract;
  const check = schema === undefined ? undefined : compiler.compile(schema);
  const fits = compileFits(check);
  const opaqueOrJson = compileOpaqueOrJson(schemas);
  if (declared !== undefined && isJson(declared))
    return inOneCharset(compileJsonReading(schema, schemas, fits));
  if (check === undefined || declared === undefined) return opaqueOrJson;
  if (declared.type === "application" && declared.subtype === "x-www-form-urlencoded")
    return inOneCharset(compileFormReading(contract, schemas, fits));
  if (declared.type === "multipart" && declared.subtype === "form-data") {
    const readingFor = compileMultipartReading(contract, schemas, fits);
    return (sent) => inOneCharset(readingFor(sent))(sent);
  }
  if (declared.type === "text" && typesOf(schema, schemas).has("string"))
    return inOneCharset({ kind: "text", fits, read: readText });
  return opaqueOrJson;
}

/** Says where a value does not fit its schema, as a place of the body. */
export function compileFits(check: SchemaCheck | undefined): BodyReading["fits"] {
  if (check === undefined) return () => undefined;
  return (value): Violation | undefined => {
    const fault = check(value);
    if (fault === undefined) return undefined;
    const { keyword, message, pointer } = fault;
    return { in: "body", pointer, keyword, message };
  };
}

/**
 * Text is read as UTF-8. Another charset, or a parameter that only some programs take for the
 * charset or the boundary, would make the backend read other characters, or other parts.
 */
function inOneCharset(reading: ReadBytes): ReadingFor {
  return (sent) => {
    const contentType = writeMediaType(sent);
    const unread = unreadType(sent);
    return Object.freeze<BodyReading>({
      ...reading,
      contentType,
      ...(unread === undefined ? {} : { read: () => unread }),
    });
  };
}

function unreadType(sent: MediaType): Refusal | undefined {
  const charset = sent.parameters.get("charset");
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    return refuse(problems["media-type-unsupported"], {
      detail: `charset ${nameOnly(charset.slice(0, 20))}`,
    });
  const twin = twinParameter(sent);
  if (twin === undefined) return undefined;
  return refuse(problems["body-ambiguous"], {
    detail: `the content type has a parameter '${nameOnly(twin.slice(0, 40))}' that some programs read`,
  });
}

/** A range (`*∕*`, `application/*`) may let JSON in: it is read as JSON then. */
function compileOpaqueOrJson(schemas: SchemaRegistry): ReadingFor {
  const json = inOneCharset(compileJsonReading(undefined, schemas, () => undefined));
  return (sent) =>
    isJson(sent)
      ? json(sent)
      : Object.freeze<BodyReading>({
          kind: "opaque",
          contentType: writeMediaType(sent),
          read: () => ({ value: undefined }),
          fits: () => undefined,
        });
}

function readText(bytes: Buffer): ReturnType<BodyReading["read"]> {
  try {
    return { value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return refuse(problems["body-malformed"], { detail: "the text is not UTF-8" });
  }
}
