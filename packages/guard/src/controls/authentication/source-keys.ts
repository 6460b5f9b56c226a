import { signingAlgorithms } from "../../jws/signing-algorithms.ts";
import { sharedSecretAlgorithms } from "../../jws/shared-secret.ts";
import { object, optional, required } from "../../policy/object-shape.ts";
import { cookieName, fieldName, plainValue, pointer, secret, url } from "../../policy/scalars.ts";
import {
  choice,
  duration,
  integer,
  list,
  named,
  oneOrMore,
  type Read,
  text,
  withheld,
} from "../../policy/shape.ts";
import { certificateNames } from "./caller-certificate.ts";
import { presetNames } from "./presets.ts";

const claimPlace = text("a claim's name, or a JSON pointer such as /realm_access/roles");
const claimValue = text("a claim's value");
const scheme = text("a scheme word such as Bearer", /^[A-Za-z0-9-]{1,32}$/);

export const credential = object({
  securityScheme: optional(
    text("the name of a security scheme of the document"),
    "The security scheme that this place is for; for all without it.",
  ),
  header: optional(fieldName, "The header field that holds the token (Authorization)."),
  scheme: optional(scheme, "The word before the token (Bearer in Authorization, none elsewhere)."),
  cookie: optional(cookieName, "The cookie that holds the token, in place of a header field."),
});

const sourceCredential = object({
  ...credential.fields,
  query: optional(
    text("a query parameter's name", /^[A-Za-z0-9_.-]{1,64}$/),
    "The query parameter that holds it, in place of a header field. It is never recorded.",
  ),
  body: optional(
    pointer,
    "Where a JSON body holds it, or which field of a form (/access_token). It is never recorded.",
  ),
});

const jwks = object({
  url: optional(url(["https:", "http:"], "the address of the keys"), "Where the keys are."),
  file: optional(text("the path of a file"), "A file that holds the keys (RFC 7517)."),
});

const jwt = object({
  algorithm: required(
    choice(...sharedSecretAlgorithms),
    "The one algorithm that tokens of this source are signed with.",
  ),
  secret: required(secret, "The secret that issuer and gate share."),
  shortBecause: optional(
    text("why the secret is shorter than the hash"),
    "Why the secret is shorter than the hash: whoever has one token can then try secrets.",
  ),
});

const introspect = object({
  url: required(
    url(["https:", "http:"], "the address of the introspection endpoint"),
    "Who says what a token is worth (RFC 7662).",
  ),
  clientId: optional(text("a client's id"), "The gate's name there."),
  clientSecret: optional(secret, "The gate's secret there."),
});

const operationName = text("the operationId of an operation, or METHOD /path");

/** Where an answer of the backend's says what a caller is. */
const callerPlaces = {
  client: optional(claimPlace, "Where its answer names the client."),
  roles: optional(claimPlace, "Where its answer has the roles."),
  scopes: optional(claimPlace, "Where its answer has the scopes."),
  tier: optional(claimPlace, "Where its answer has the tier."),
  device: optional(claimPlace, "Where its answer names the device."),
  session: optional(claimPlace, "Where its answer names the session."),
};

/** Backends say in many ways that a session is over. */
const nobody = object({
  status: optional(
    oneOrMore(integer(400, 499)),
    "Statuses that say that nobody is signed in, beside 401 and 403.",
  ),
  response: optional(
    pointer,
    "Where the body of such an answer says so, if the status is not enough.",
  ),
  equals: optional(plainValue, "What stands there; needed with response."),
});

const whoami = object({
  operation: required(operationName, "The GET that the backend answers with who calls."),
  sub: required(
    text("a JSON pointer such as /id, or username"),
    "Where its answer names the caller; username takes it from a Basic credential.",
  ),
  nobody: optional(
    nobody,
    "Which other answers say that nobody is signed in; what else it answers says nothing.",
  ),
  ...callerPlaces,
});

const from = object({
  operation: required(oneOrMore(operationName), "Sign-in: whose answers give the credential out."),
  credential: optional(
    withheld(text("a JSON pointer such as /token, or a header field such as Set-Cookie")),
    "Where the answer has the credential (the Set-Cookie of the source's cookie).",
  ),
  sub: required(pointer, "Where the answer names who has signed in."),
  lifetime: optional(pointer, "Where it says for how many seconds the credential is good."),
  expires: optional(pointer, "Where it says when the credential ends, as a time or a date."),
  ...callerPlaces,
});

const exchange = object({
  url: required(
    url(["https:", "http:"], "the address of the token endpoint"),
    "The issuer's token endpoint (RFC 8693).",
  ),
  clientId: required(text("a client's id"), "The gate's name there."),
  clientSecret: optional(secret, "The gate's secret there."),
  audience: optional(text("a name"), "Whom the token is for: the backend's name."),
  resource: optional(text("an address"), "The address that the token is for (RFC 8707)."),
  scope: optional(text("scopes with blanks between"), "The scopes that the backend needs."),
});

const certificate = object({
  authority: required(
    text("the path of a file of certificates"),
    "Who signs the callers' certificates, each by its own key (PEM, one or more).",
  ),
  sub: required(choice(...certificateNames), "Where a certificate names its owner."),
  intermediates: optional(
    text("the path of a file of certificates"),
    "Who may stand between them and the callers (PEM); believed for nothing by themselves.",
  ),
  revoked: optional(
    oneOrMore(text("the path of a revocation list")),
    "Lists of what these have taken back (CRL, PEM or DER); nobody is believed by an old one.",
  ),
});

const keysFile = object({
  file: required(text("the path of a file"), "The file that `portcullis keys issue` writes."),
});

/** One way in which callers say who they are. */
export const source = object({
  credential: optional(
    oneOrMore(sourceCredential),
    "Where the credential sits, if not in Authorization as Bearer.",
  ),
  issuer: optional(
    url(["https:", "http:"], "the issuer's address, such as https://login.example.com"),
    "Who signs the tokens, as it stands in iss.",
  ),
  preset: optional(
    choice(...presetNames),
    "How tokens of a known issuer look: where its claims are, and what it must say.",
  ),
  audience: optional(
    oneOrMore(text("this API's own name, such as https://api.example.com")),
    "The names of this API, of which aud must hold one.",
  ),
  client: optional(
    oneOrMore(text("a client's id")),
    "The clients whose tokens are taken (azp, client_id, cid or appid).",
  ),
  jwks: optional(jwks, "Where the keys are, if the discovery document does not say."),
  algorithms: optional(
    list(choice(...signingAlgorithms.keys()), 1),
    "Signature algorithms that are accepted; never none, never shared secrets.",
  ),
  typ: optional(
    choice("at+jwt", "any"),
    "The type that tokens carry in their header; any is for issuers that do not send at+jwt.",
  ),
  expiry: optional(
    choice("required", "optional"),
    "Whether a token must say when it ends (required).",
  ),
  clockTolerance: optional(
    duration,
    "How far the issuer's clock may be ahead for iat and nbf (30s); exp is never stretched.",
  ),
  jwt: optional(jwt, "Tokens signed with a shared secret, in place of an issuer's keys."),
  claims: optional(
    named(claimPlace),
    "Where claims are: sub, client, roles, scopes, tier, device, session, and names of your own.",
  ),
  require: optional(
    named(oneOrMore(claimValue)),
    "What claims must be, by name or JSON pointer: one of these values.",
  ),
  introspect: optional(introspect, "Opaque tokens: who is asked what they are worth."),
  whoami: optional(whoami, "Sessions of the backend's own: which operation says who calls."),
  from: optional(
    oneOrMore(from),
    "Credentials that the backend gives out: which answers say whose they are.",
  ),
  keys: optional(keysFile, "API keys: hashed, scoped and dated, in a file."),
  certificate: optional(
    certificate,
    "Certificates of the callers' connections (mutual TLS), where no other credential is sent.",
  ),
  remember: optional(
    duration,
    "How long an answer of whoami or introspect is remembered (30s); of from, the most (12h).",
  ),
  forgetOn: optional(
    list(operationName, 1),
    "Operations that end or change a session, such as sign-out: what is remembered is forgotten.",
  ),
  forward: optional(
    choice("keep", "drop", "exchange"),
    "What the backend is sent: the credential (keep), a token of its own (exchange), or neither.",
  ),
  exchange: optional(exchange, "Who gives the backend's tokens in place of the callers'."),
});

export type SourceSetting = Read<typeof source>;
export type CredentialSetting = NonNullable<SourceSetting["credential"]>[number];
