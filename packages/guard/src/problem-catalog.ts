import type { Control } from "./control.ts";

/**
 * Every way the gate says no. A refusal names a row; the row gives the stable code, the HTTP status, the control whose
 * mode decides whether it is enforced, and the words the caller may read (RFC 9457 `title` and `detail`). What only the
 * owner may read is the refusal's private detail, which goes to the record and never to the wire.
 */
export interface ProblemRow {
  readonly status: number;
  readonly control: Control;
  readonly title: string;
  /** What the person or program on the other side may be told, and can do about it. */
  readonly public: string;
}

const row = (control: Control, status: number, title: string, publicSentence: string): ProblemRow =>
  Object.freeze({ control, status, title, public: publicSentence });

export const problemCatalog = Object.freeze({
  // protocol: one reading only, or none
  "path-malformed": row("protocol", 400, "The path can be read in more than one way", "Send the path in its plain form: no dot segments, no encoded slashes or dots, no backslashes, no empty segments, valid UTF-8."),
  "target-unsupported": row("protocol", 400, "This form of request target is not served", "Send the path alone as the request target (origin form)."),
  "method-unsupported": row("protocol", 501, "This method is not known", "Use a method that the API declares."),
  "header-malformed": row("protocol", 400, "A header field is malformed or ambiguous", "Send each header field once, with a name and value that HTTP allows."),
  "headers-too-large": row("protocol", 431, "The header fields are too large", "Send fewer or shorter header fields."),
  "framing-ambiguous": row("protocol", 400, "The length of the request can be read in more than one way", "Send either Content-Length or Transfer-Encoding: chunked, once."),
  "cleartext-refused": row("protocol", 403, "Only encrypted connections are served", "Use https. Tokens sent over this connection should be treated as seen by others."),
  "body-too-large": row("request", 413, "The body is larger than this operation accepts", "Send a smaller body."),
  "body-encoding-unsupported": row("request", 415, "This Content-Encoding is not accepted", "Send the body unencoded, or with one of the encodings in Accept-Encoding."),
  "body-incomplete": row("protocol", 400, "The body ended before it was complete", "Send the request again."),
  "request-timeout": row("protocol", 408, "The request took too long to arrive", "Send the request again."),
  "upgrade-refused": row("protocol", 400, "This protocol upgrade is not offered", "Only WebSocket upgrades, on operations that declare them, are served."),
  // route
  "operation-unknown": row("route", 404, "There is nothing at this address", "Check the path against the API's document."),
  "method-not-allowed": row("route", 405, "This method is not offered at this address", "Use one of the methods in the Allow field."),
  "version-unknown": row("version", 404, "This version of the API is not known", "Use a version that the API offers."),
  "version-sunset": row("version", 410, "This version of the API has ended", "Use the successor named in the Link field."),
  // app
  "app-version-unsupported": row("app", 403, "This version of the app is no longer supported", "Update the app; the Link field says where."),
  "app-unidentified": row("app", 400, "The app did not say which build it is", "Send the Portcullis-App field."),
  // authentication
  "credential-missing": row("authentication", 401, "Sign-in is needed", "Send an access token."),
  "credential-malformed": row("authentication", 401, "The credential is malformed", "Send one access token in the form the API documents."),
  "credential-ambiguous": row("authentication", 400, "More than one credential was sent", "Send exactly one credential."),
  "token-malformed": row("authentication", 401, "The access token is malformed", "Sign in again."),
  "token-algorithm-refused": row("authentication", 401, "The access token's signature algorithm is not accepted", "Use a token from the API's own issuer."),
  "token-signature-invalid": row("authentication", 401, "The access token's signature is not valid", "Sign in again."),
  "token-key-unknown": row("authentication", 401, "The access token was signed with a key that is not known", "Sign in again."),
  "token-type-mismatch": row("authentication", 401, "This is not an access token", "Send an access token, not another kind of token."),
  "token-issuer-mismatch": row("authentication", 401, "The access token is from another issuer", "Sign in with the API's own issuer."),
  "token-audience-mismatch": row("authentication", 401, "The access token is for another API", "Ask for a token for this API."),
  "token-expired": row("authentication", 401, "The access token has expired", "Refresh the token and send the request again."),
  "token-not-yet-valid": row("authentication", 401, "The access token is not valid yet", "Check the clock of the device."),
  "token-claims-invalid": row("authentication", 401, "The access token's claims are not acceptable", "Sign in again."),
  "token-revoked": row("authentication", 401, "The access token has been revoked", "Sign in again."),
  "token-outdated": row("authentication", 401, "What the account may do has changed", "Refresh the token and send the request again."),
  "keys-unavailable": row("authentication", 503, "Tokens cannot be checked just now", "Try again after the time in Retry-After."),
  // binding
  "token-unbound": row("binding", 401, "The access token is not bound to this device", "Ask for a token with a proof of possession (DPoP) or a client certificate."),
  "proof-missing": row("binding", 401, "A proof of possession is needed", "Send the token as DPoP, with a proof made for this request."),
  "proof-invalid": row("binding", 401, "The proof of possession is not valid", "Make a proof for this request, with the key the token is bound to."),
  "proof-nonce-needed": row("binding", 401, "The proof of possession must carry the server's nonce", "Make a new proof with the nonce in DPoP-Nonce, and send the request again."),
  "proof-replayed": row("binding", 401, "The proof of possession was used before", "Make a new proof for every request."),
  "proof-memory-full": row("binding", 429, "Too many proofs of possession", "Wait for the time in Retry-After."),
  "proof-memory-lost": row("binding", 503, "Whether the proof was used before cannot be told just now", "Try again after the time in Retry-After."),
  "certificate-mismatch": row("binding", 401, "The client certificate is not the token's", "Connect with the certificate the token was asked for with."),
  // limit
  "limit-exceeded": row("limit", 429, "Too many requests", "Wait for the time in Retry-After."),
  // request
  "request-invalid": row("request", 400, "The request does not fit the API's document", "Mend the places named in errors."),
  "body-malformed": row("request", 400, "The body is not well-formed", "Send a body that is well-formed for its media type."),
  "body-ambiguous": row("request", 400, "The body can be read in more than one way", "Send each property once, in UTF-8, with numbers that are kept exactly."),
  "body-missing": row("request", 400, "A body is needed", "Send the body that the API's document describes."),
  "media-type-unsupported": row("request", 415, "This media type is not accepted here", "Send one of the media types that the API's document names."),
  // authorization
  "rule-missing": row("authorization", 403, "This is not permitted", "No rule allows this operation."),
  "scope-insufficient": row("authorization", 403, "The access token does not allow this", "Ask for the scopes named in WWW-Authenticate."),
  "role-insufficient": row("authorization", 403, "This is not permitted", "The account may not do this."),
  "client-refused": row("authorization", 403, "This is not permitted from this app", "The operation is offered to other apps only."),
  "device-untrusted": row("authorization", 401, "This device has not been confirmed yet", "Sign in on this device as WWW-Authenticate asks, and send the request again."),
  "step-up-needed": row("authorization", 401, "A stronger or fresher sign-in is needed", "Sign in again as WWW-Authenticate asks, and send the request again."),
  "property-forbidden": row("authorization", 403, "This may not be written", "Leave out the properties named in errors."),
  "object-not-yours": row("ownership", 404, "There is nothing at this address", "The object does not exist, or is not the caller's; both are answered alike."),
  "owner-unknown": row("ownership", 503, "Whose this is cannot be told just now", "Try again after the time in Retry-After."),
  // response
  "response-invalid": row("response", 502, "The backend's answer does not fit the API's document", "Try again later; the fault is on the server's side."),
  "response-undeclared": row("response", 502, "The backend's answer is not one the API's document names", "Try again later; the fault is on the server's side."),
  "response-unreadable": row("disclosure", 502, "The backend's answer cannot be read", "Try again later; the fault is on the server's side."),
  // upstream and the gate itself
  "upstream-unreachable": row("upstream", 502, "The backend cannot be reached", "Try again after the time in Retry-After."),
  "upstream-timeout": row("upstream", 504, "The backend did not answer in time", "Try again after the time in Retry-After."),
  "upstream-malformed": row("upstream", 502, "The backend's answer could not be read", "Try again later; the fault is on the server's side."),
  "gate-fault": row("upstream", 500, "Something went wrong in the gate", "Try again later; quote the traceId."),
} satisfies Record<string, ProblemRow>);

export type ProblemCode = keyof typeof problemCatalog;
export const problemCodes = Object.freeze(Object.keys(problemCatalog) as ProblemCode[]);
