import type { Known } from "../../facts/facts.ts";
import { mayHaveBody } from "../../facts/header-fields.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import { problems } from "./problems.ts";
import { readBody } from "./read-body.ts";
import type { RequestBodyPlan } from "./request-body.ts";

type Taking = Known<"fields", "body" | "bodyBytes" | "bodyAbsent" | "bodyReading">;
export type TakeBody = Check<
  "fields",
  "body" | "bodyBytes" | "bodyAbsent" | "bodyReading" | "forwardFields"
>;

const missing = refuse(problems["body-missing"]);

const unsupportedType = (contentType: string | undefined): Refusal =>
  refuse(problems["media-type-unsupported"], {
    detail: contentType?.slice(0, 80) ?? "no content type",
  });

/** Takes the body, read whole only where a schema looks into it. */
export function compileTakeBody(
  { readingOf, required }: RequestBodyPlan,
  mostBodyBytes: number,
): TakeBody {
  const absent = required ? missing : undefined;
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
    if (reading.kind === "opaque") return undefined;
    return readBody(known, mostBodyBytes).then((refusal) => {
      if (refusal !== undefined) return refusal;
      if (isEmpty(known)) return absent;
      const read = reading.read(known.bodyBytes as Buffer);
      if (isRefusal(read)) return read;
      known.body = read.value;
      return undefined;
    });
  };
}

/** What the fields say of the body, before a byte of it is read. */
function judgeHead({ fields }: Taking, mostBodyBytes: number): Refusal | undefined {
  const { contentEncoding, contentLength } = fields;
  // A schema reads plain bytes. What it cannot read, the backend must not read alone.
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
