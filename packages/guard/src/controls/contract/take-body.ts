import { mediaTypeOnly } from "../../facts/name-only.ts";
import type { BodyReading, ReadBody } from "../../facts/body.ts";
import type { Known } from "../../facts/facts.ts";
import { mayHaveBody } from "../../facts/header-fields.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import { otherwiseSpelled, vouchesFor } from "./as-sent.ts";
import { problems } from "./problems.ts";
import { readBody, tooLarge } from "./read-body.ts";
import type { RequestBodyPlan } from "./request-body.ts";

type Gives =
  | "body"
  | "bodyBytes"
  | "bodyAbsent"
  | "bodyReading"
  | "forwardFields"
  | "heldBytes"
  | "streamBound"
  | "unwritten";
type Taking = Known<"caller" | "fields", Gives>;
export type TakeBody = Check<"caller" | "fields", Gives>;

const missing = refuse(problems["body-missing"]);

const unsupportedType = (contentType: string | undefined): Refusal =>
  refuse(problems["media-type-unsupported"], {
    detail: contentType === undefined ? "no content type" : mediaTypeOnly(contentType),
  });

export interface TakeBodyOptions {
  readonly mostBodyBytes: number;
  /** The operation's requests go on as they were sent, byte for byte. */
  readonly asSent: boolean;
}

/** Takes the body, read whole only where a schema looks into it, and writes it as it was judged. */
export function compileTakeBody(plan: RequestBodyPlan, options: TakeBodyOptions): TakeBody {
  const take = compileTake(plan, options);
  return (known) => {
    const taken = take(known);
    if (taken instanceof Promise) return taken.then((refusal) => noteUnwritten(known, refusal));
    return noteUnwritten(known, taken);
  };
}

/** Where the refusal is only observed, the body goes on as it was sent. */
function noteUnwritten(known: Taking, refusal: Refusal | undefined): Refusal | undefined {
  if (refusal !== undefined && known.bodyAbsent !== true) (known.unwritten ??= []).push("body");
  return refusal;
}

function compileTake(
  { readingOf, required }: RequestBodyPlan,
  { asSent, mostBodyBytes }: TakeBodyOptions,
): (known: Taking) => Refusal | undefined | Promise<Refusal | undefined> {
  const absent = required ? missing : undefined;
  const streamBound = Object.freeze({ mostBytes: mostBodyBytes, refusal: tooLarge(mostBodyBytes) });
  return (known) => {
    if (!mayHaveBody(known)) {
      known.bodyAbsent = true;
      return absent;
    }
    const { contentLength, contentType } = known.fields;
    // Neither a length nor a type: perhaps an empty body, sent as a chunk or frame of its own.
    if (contentLength === undefined && contentType === undefined)
      return readBody(known, mostBodyBytes).then(
        (refusal) => refusal ?? (isEmpty(known) ? absent : unsupportedType(undefined)),
      );
    const unfit = judgeHead(known, mostBodyBytes);
    if (unfit !== undefined) return unfit;
    const reading = readingOf(contentType);
    if (reading === undefined) return unsupportedType(contentType);
    known.bodyReading = reading;
    if (reading.kind === "opaque") {
      known.streamBound = streamBound;
      if (!asSent) sayContentType(known, reading.contentType);
      return undefined;
    }
    return readBody(known, mostBodyBytes).then((refusal) => {
      if (refusal !== undefined) return refusal;
      if (isEmpty(known)) return absent;
      const read = reading.read(known.bodyBytes as Buffer);
      if (isRefusal(read)) return read;
      known.body = read.value;
      return write(known, reading, read, asSent);
    });
  };
}

/** The body goes on in its one spelling; one that may not be written anew must come in it. */
function write(
  known: Taking,
  { contentType }: BodyReading,
  { written }: ReadBody,
  asSent: boolean,
): Refusal | undefined {
  if (asSent || vouchesFor(known, "body"))
    return written === undefined ? undefined : signedOtherwise;
  if (written !== undefined) known.bodyBytes = written.bytes;
  sayContentType(known, written?.contentType ?? contentType);
  return undefined;
}

const signedOtherwise = otherwiseSpelled("the body");

/**
 * Content-Type tells the backend how to read the body. It is set to the type by which the gate has
 * read it.
 */
function sayContentType(known: Taking, contentType: string): void {
  if (known.fields.contentType === contentType) return;
  const { forwardFields } = known;
  for (let index = 0; index < forwardFields.length; index += 2)
    if ((forwardFields[index] as string).toLowerCase() === "content-type")
      forwardFields[index + 1] = contentType;
}

/** What the fields say of the body, before a byte of it is read. */
function judgeHead({ fields }: Taking, mostBodyBytes: number): Refusal | undefined {
  const { contentEncoding, contentLength } = fields;
  // A schema can only judge plain bytes. An encoded body would reach the backend without having
  // been judged.
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== "identity")
    return refuse(problems["body-encoding-unsupported"], {
      detail: contentEncoding.slice(0, 40),
      headers: [["Accept-Encoding", "identity"]],
    });
  if (contentLength !== undefined && Number(contentLength) > mostBodyBytes)
    return refuse(problems["body-too-large"], { detail: `${contentLength} bytes` });
  return undefined;
}

function isEmpty(known: Taking): boolean {
  known.bodyAbsent = known.bodyBytes === undefined || known.bodyBytes.length === 0;
  return known.bodyAbsent;
}

/** Whether the body fits the document, as every later control and the backend will read it. */
export const bodyFits: Check<"body" | "bodyReading"> = ({ body, bodyReading }) => {
  if (body === undefined || bodyReading === undefined) return undefined;
  const violation = bodyReading.fits(body);
  return violation === undefined
    ? undefined
    : refuse(problems["request-invalid"], { violations: [violation], detail: "body" });
};
