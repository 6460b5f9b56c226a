import { randomBytes } from "node:crypto";
import type { MediaTypeContract, SchemaRegistry } from "../../document/api-document.ts";
import { memberSchema, typesOf } from "../../document/schema/schema-walk.ts";
import type { BodyReading, ReadBody, WrittenBody } from "../../facts/body.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Pair } from "../../reading/query-pairs.ts";
import { type MediaType, readMediaType } from "../../reading/media-type.ts";
import { compileReadFields } from "./form-body.ts";
import { writeMediaType } from "../../reading/write-media-type.ts";
import type { ReadBytes } from "./body-reading.ts";
import { type Part, readMultipart } from "./multipart-body.ts";
import { writePartHead } from "./multipart-part.ts";
import { compileRespellField } from "./respell.ts";
import { problems } from "./problems.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Compiles how a multipart/form-data body is read: each part once, and files by their bytes. */
export function compileMultipartReading(
  contract: MediaTypeContract,
  schemas: SchemaRegistry,
  fits: BodyReading["fits"],
): (sent: MediaType) => ReadBytes {
  const readFields = compileReadFields(contract, schemas);
  const isFile = compileIsFile(contract, schemas);
  const readParts = (parts: readonly Part[]): Pick<ReadBody, "value"> | Refusal => {
    const pairs: Pair[] = [];
    for (const { bytes, filename, name } of parts) {
      // A file need not be UTF-8. One character for each byte lets a schema bound its length.
      const value =
        filename !== undefined || isFile(name) ? bytes.toString("latin1") : decodeText(bytes);
      if (value === undefined)
        return refuse(problems["body-malformed"], { detail: "a part's text is not UTF-8" });
      pairs.push({ name, value });
    }
    const value = readFields(pairs);
    if (value !== undefined) return { value };
    return refuse(problems["body-ambiguous"], {
      detail: "a field stands twice, or is not what its encoding says",
    });
  };
  const respellOf = compileRespellField(contract.schema, schemas);
  const respell = (part: Part): Part => {
    const write = part.filename === undefined ? respellOf(part.name) : undefined;
    if (write === undefined) return part;
    const text = part.bytes.toString();
    const written = write(encodeURIComponent(text));
    return written === text ? part : { ...part, bytes: Buffer.from(decodeURIComponent(written)) };
  };
  return (sent) => {
    const boundary = sent.parameters.get("boundary");
    return {
      kind: "multipart",
      fits,
      read(bytes) {
        const body = readMultipart(bytes, boundary);
        if (typeof body === "string") return refuse(problems["body-malformed"], { detail: body });
        const read = firstWrongType(body.parts, contract) ?? readParts(body.parts);
        if ("problem" in read) return read;
        const parts = body.parts.map(respell);
        const plain = body.plain && parts.every((part, at) => part === body.parts[at]);
        return plain ? read : { ...read, written: writeMultipart(parts, sent) };
      },
    };
  };
}

function decodeText(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The parts again, divided by a boundary that nobody could know before: what a caller has put into
 * a part cannot end it.
 */
function writeMultipart(parts: readonly Part[], sent: MediaType): WrittenBody {
  const boundary = `portcullis-${randomBytes(18).toString("hex")}`;
  const written: Buffer[] = [];
  for (const part of parts)
    written.push(
      Buffer.from(`--${boundary}\r\n${writePartHead(part)}\r\n\r\n`, "latin1"),
      part.bytes,
      Buffer.from("\r\n"),
    );
  written.push(Buffer.from(`--${boundary}--\r\n`));
  // First of the parameters: some programs take the first thing that looks like a boundary.
  const others = [...sent.parameters].filter(([name]) => name !== "boundary");
  const parameters = new Map([["boundary", boundary], ...others]);
  return { bytes: Buffer.concat(written), contentType: writeMediaType({ ...sent, parameters }) };
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
