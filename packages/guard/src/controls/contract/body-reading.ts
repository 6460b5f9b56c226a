import type { MediaTypeContract, SchemaRegistry } from "../../document/api-document.ts";
import type { SchemaCheck, SchemaCompiler } from "../../document/schema/compile-schema.ts";
import { typesOf } from "../../document/schema/schema-walk.ts";
import type { BodyReading } from "../../facts/body.ts";
import { refuse, type Violation } from "../../facts/refusal.ts";
import { readFormFields } from "../../reading/form-fields.ts";
import { isJson, type MediaType, readMediaType } from "../../reading/media-type.ts";
import { readStrictJson } from "../../reading/strict-json.ts";
import { compileReadFields } from "./form-body.ts";
import { compileMultipartReading } from "./multipart-reading.ts";
import { problems } from "./problems.ts";

/** How a body of one declared media type is read, for the media type as it was sent. */
export type ReadingFor = (sent: MediaType) => BodyReading;

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
  if (declared !== undefined && isJson(declared)) return jsonReading(check);
  if (check === undefined || declared === undefined) return opaqueOrJson;
  if (declared.type === "application" && declared.subtype === "x-www-form-urlencoded")
    return formReading(contract, schemas, check);
  if (declared.type === "multipart" && declared.subtype === "form-data")
    return compileMultipartReading(contract, schemas, compileFits(check));
  if (declared.type === "text" && typesOf(schema, schemas).has("string")) return textReading(check);
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

function jsonReading(check: SchemaCheck | undefined): ReadingFor {
  const fits = compileFits(check);
  return (sent) => {
    const charset = sent.parameters.get("charset");
    return {
      kind: "json",
      fits,
      read(bytes) {
        // RFC 8259 knows no charset. Another one would make the backend read other characters.
        if (charset !== undefined && charset.toLowerCase() !== "utf-8")
          return refuse(problems["media-type-unsupported"], {
            detail: `charset ${charset.slice(0, 20)}`,
          });
        const read = readStrictJson(bytes);
        if (!("unread" in read)) return read;
        const { detail, unread } = read;
        return refuse(problems[unread === "malformed" ? "body-malformed" : "body-ambiguous"], {
          detail,
        });
      },
    };
  };
}

const plainJson = jsonReading(undefined);

const opaque: BodyReading = Object.freeze<BodyReading>({
  kind: "opaque",
  read: () => ({ value: undefined }),
  fits: () => undefined,
});

/** A range (`*∕*`, `application/*`) may let JSON in: it is read as JSON then. */
const opaqueOrJson: ReadingFor = (sent) => (isJson(sent) ? plainJson(sent) : opaque);

function formReading(
  contract: MediaTypeContract,
  schemas: SchemaRegistry,
  check: SchemaCheck,
): ReadingFor {
  const readFields = compileReadFields(contract, schemas);
  const reading: BodyReading = Object.freeze<BodyReading>({
    kind: "form",
    fits: compileFits(check),
    read(bytes) {
      const fields = readFormFields(bytes);
      if (fields === undefined)
        return refuse(problems["body-malformed"], {
          detail: "the form cannot be read in one way",
        });
      const value = readFields(fields);
      return value === undefined ? ambiguousField : { value };
    },
  });
  return () => reading;
}

/** What a form says twice, or in another way than the document describes. */
const ambiguousField = refuse(problems["body-ambiguous"], {
  detail: "a field stands twice, or is not what its encoding says",
});

function textReading(check: SchemaCheck): ReadingFor {
  const reading: BodyReading = Object.freeze<BodyReading>({
    kind: "text",
    fits: compileFits(check),
    read(bytes) {
      try {
        return { value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
      } catch {
        return refuse(problems["body-malformed"], { detail: "the text is not UTF-8" });
      }
    },
  });
  return () => reading;
}
