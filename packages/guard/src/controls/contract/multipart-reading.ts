import type { MediaTypeContract, SchemaRegistry } from "../../document/api-document.ts";
import { memberSchema, typesOf } from "../../document/schema/schema-walk.ts";
import type { BodyReading } from "../../facts/body.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { type MediaType, readMediaType } from "../../reading/media-type.ts";
import { compileReadFields } from "./form-body.ts";
import { type Part, readMultipart } from "./multipart-body.ts";
import { problems } from "./problems.ts";

/** Compiles how a multipart/form-data body is read: each part once, and files by their bytes. */
export function compileMultipartReading(
  contract: MediaTypeContract,
  schemas: SchemaRegistry,
  fits: BodyReading["fits"],
): (sent: MediaType) => BodyReading {
  const readFields = compileReadFields(contract, schemas);
  const isFile = compileIsFile(contract, schemas);
  const readParts = (parts: readonly Part[]): { readonly value: unknown } | Refusal => {
    // A file's bytes are no text: its length is what a schema may bound.
    const value = readFields(
      parts.map(({ bytes, filename, name }) => ({
        name,
        value: filename !== undefined || isFile(name) ? bytes.toString("latin1") : bytes.toString(),
      })),
    );
    if (value !== undefined) return { value };
    return refuse(problems["body-ambiguous"], {
      detail: "a field stands twice, or is not what its encoding says",
    });
  };
  return (sent) => {
    const boundary = sent.parameters.get("boundary");
    return {
      kind: "multipart",
      fits,
      read(bytes) {
        const parts = readMultipart(bytes, boundary);
        if (typeof parts === "string") return refuse(problems["body-malformed"], { detail: parts });
        return firstWrongType(parts, contract) ?? readParts(parts);
      },
    };
  };
}

function compileIsFile(
  { schema }: MediaTypeContract,
  schemas: SchemaRegistry,
): (name: string) => boolean {
  return (name) => {
    const member = memberSchema(schema, name, schemas);
    return (
      typeof member === "object" &&
      (member["format"] === "binary" ||
        member["contentMediaType"] !== undefined ||
        typesOf(member, schemas).size === 0)
    );
  };
}

/** The first part whose content type is not one that the document's encoding allows. */
function firstWrongType(
  parts: readonly Part[],
  { encoding = {} }: MediaTypeContract,
): Refusal | undefined {
  for (const { contentType, name } of parts) {
    const allowed = Object.hasOwn(encoding, name) ? encoding[name]?.contentType : undefined;
    if (allowed === undefined || contentType === undefined || allowsType(allowed, contentType))
      continue;
    return refuse(problems["request-invalid"], {
      detail: "a part's content type",
      violations: [
        {
          in: "body",
          pointer: `/${name}`,
          keyword: "contentType",
          message: `must be ${allowed}`,
        },
      ],
    });
  }
  return undefined;
}

function allowsType(allowed: string, sent: string): boolean {
  const type = readMediaType(sent);
  if (type === undefined) return false;
  return allowed.split(",").some((one) => {
    if (one.trim() === "*/*") return true;
    const range = readMediaType(one);
    return (
      range !== undefined &&
      range.type === type.type &&
      (range.subtype === "*" || range.subtype === type.subtype)
    );
  });
}
