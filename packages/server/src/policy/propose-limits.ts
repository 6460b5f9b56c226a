import {
  type ApiDocument,
  isNamedLikeSignIn,
  memberNames,
  type Operation,
} from "@portcullis/guard/documents";

/** A limit that an operation suggests, as it stands in a policy, and why. */
export interface LimitProposal {
  readonly limit: string;
  /** What the operation is for, so that detectors watch it. */
  readonly role?: "sign-in";
  readonly reason: string;
}

const guessable =
  /(^|[/_-])(login|log-in|signin|sign-in|sessions?|token|otp|verify|verification|password|password-resets?|pin|signup|sign-up|register|registrations?|2fa|mfa)([/_-]|$)/i;
const nameLike = /^(user_?name|e?-?mail|phone|phone_?number|login|identifier|account)$/i;

const isFile = (mediaType: string): boolean =>
  /^(multipart\/form-data|application\/octet-stream|image\/|video\/|audio\/)/i.test(mediaType);

/** By what kind of operation it is: a guess at a secret, or a file that is sent. */
export function proposeLimit(
  operation: Operation,
  document: ApiDocument,
): LimitProposal | undefined {
  if (operation.requestBody?.content.some(({ mediaType }) => isFile(mediaType)) === true)
    return {
      limit: `{ rate: 30/hour, per: ${isForAnybody(operation) ? "address" : "user"} }`,
      reason: `${operation.key} takes files, which cost room`,
    };
  return guessLimit(operation, document);
}

const isForAnybody = ({ security }: Operation): boolean =>
  security === undefined || security.length === 0;

function guessLimit(operation: Operation, document: ApiDocument): LimitProposal | undefined {
  if (
    operation.method !== "POST" ||
    !(guessable.test(operation.pathTemplate) || guessable.test(operation.operationId ?? ""))
  )
    return undefined;
  const schema = operation.requestBody?.content.find(
    (content) => content.schema !== undefined,
  )?.schema;
  const name = memberNames(schema, document.schemas).find((property) => nameLike.test(property));
  const per = name === undefined ? "address" : `[address, body.${name}]`;
  const guess = `${operation.key} looks like a place to guess at`;
  const reason =
    name === undefined ? guess : `${guess}; counted by the ${name} that is guessed for`;
  return isNamedLikeSignIn(operation)
    ? {
        limit: `{ rate: 5/min, per: ${per}, count: failures }`,
        role: "sign-in",
        reason: `${reason}, and a sign-in that succeeds gives its place back`,
      }
    : { limit: `{ rate: 5/min, per: ${per} }`, reason };
}
