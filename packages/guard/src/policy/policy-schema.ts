import { controls, modes } from "../control.ts";
import { personalFields } from "../decision-record.ts";
import { signingAlgorithms } from "../credentials/signing-algorithms.ts";
import { choice, duration, flag, integer, list, named, object, oneOrMore, optional, type Read, required, scalar, scalarOr, size, text } from "./shape.ts";

const mode = choice(...modes);
const modeByControl = object(Object.fromEntries(["default", ...controls].map((control) => [control, optional(mode)])));
const modeSetting = scalarOr(mode, modeByControl);

const url = (protocols: readonly string[], expected: string) =>
  scalar(expected, (value) => {
    const parsed = typeof value === "string" ? URL.parse(value) : null;
    return parsed !== null && protocols.includes(parsed.protocol) && parsed.username === "" && parsed.hash === "" ? (value as string) : undefined;
  }, { type: "string" });

const target = scalar(
  "a backend's address such as http://127.0.0.1:4000, https://host:port or unix:/path",
  (value) => {
    if (typeof value !== "string") return undefined;
    if (/^unix:\/./.test(value)) return value;
    const parsed = URL.parse(value);
    return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.pathname === "/" && parsed.search === "" && parsed.username === "" ? parsed.origin : undefined;
  },
  { type: "string" },
);

const upstream = scalarOr(
  target,
  object({ targets: required(oneOrMore(target)), connections: optional(integer(1, 4096)), connectTimeout: optional(duration), headersTimeout: optional(duration), bodyTimeout: optional(duration) }, { healthCheck: "targets are rested when they cannot be reached", tls: "backends are reached with the system's authorities" }),
);

const api = object(
  { openapi: required(text("the path of an OpenAPI document")), upstream: required(upstream), version: optional(text("a version such as v1", /^[A-Za-z0-9._-]{1,32}$/)) },
  { deprecated: "no Deprecation field is sent", sunset: "no version is closed", successor: "no Link field is sent", sunsetReason: "no version is closed" },
);

const identity = object(
  {
    issuer: required(url(["https:", "http:"], "the issuer's address, such as https://login.example.com")),
    audience: required(oneOrMore(text("this API's own name, such as https://api.example.com"))),
    jwksUri: optional(url(["https:", "http:"], "the address of the issuer's keys")),
    algorithms: optional(list(choice(...signingAlgorithms.keys()), 1)),
    typ: optional(choice("at+jwt", "any")),
    clockTolerance: optional(duration),
    rolesClaim: optional(text("a claim's name")),
    tierClaim: optional(text("a claim's name")),
    deviceClaim: optional(text("a claim's name")),
  },
  { accessToken: "tokens are not bound to devices", refreshToken: "there is no issuer built in" },
);

const pathPattern = text("a path such as /v1/customers/{customerId}/**", /^\//);
const matchObject = object({ operationId: optional(oneOrMore(text("an operationId"))), method: optional(oneOrMore(choice("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"))), path: optional(pathPattern), tag: optional(oneOrMore(text("a tag"))) });
const matchOne = scalarOr(text('"*", an operationId or METHOD /path'), matchObject);

const owner = object(
  { param: optional(text("a path parameter's name")), response: optional(text("a JSON pointer such as /customerId", /^\//)), is: required(text("a claim of the caller's token, such as token.sub", /^token(\.[A-Za-z0-9_-]+)+$/)), exceptRoles: optional(list(text("a role"), 1)) },
  { lookup: "no second request is made", body: "bodies are not read", any: "rules do not compose", all: "rules do not compose", provenance: "shown ids are not remembered" },
);

const allow = scalarOr(choice("anyone"), object({ scopes: optional(list(text("a scope"), 1)), roles: optional(list(text("a role"), 1)) }));

const operationEntry = object(
  { match: required(oneOrMore(matchOne)), mode: optional(modeSetting), owner: optional(owner), allow: optional(allow), maxBodySize: optional(size) },
  { limits: "nothing is counted", stepUp: "tokens are not asked how strongly their bearer signed in", attestation: "apps are not attested", priority: "requests do not queue", when: "conditions are not read" },
);

const tls = scalarOr(
  choice("local", "off"),
  object({ cert: required(text("a certificate's path")), key: required(text("a key's path")), minVersion: optional(choice("TLSv1.2", "TLSv1.3")) }, { cleartextPort: "no cleartext port is opened", cleartext: "no cleartext port is opened" }),
);

/** The policy file, whole. What has no engine yet is known by name and refused, so that nobody believes it is on. */
export const policyShape = object(
  {
    portcullis: required(integer(1, 1)),
    mode: optional(modeSetting),
    listen: optional(object({ host: optional(text("an address")), port: optional(integer(0, 65_535)), tls: optional(tls), threads: optional(integer(1, 256)) }, { hsts: "no HSTS field is sent" })),
    trustedProxies: optional(list(text("an address or a CIDR range such as 10.0.0.0/8", /^[0-9a-fA-F:.]+(\/\d{1,3})?$/))),
    admin: optional(object({ host: optional(text("an address")), port: optional(integer(0, 65_535)) })),
    apis: required(list(api, 1)),
    identity: optional(identity),
    roles: optional(named(list(text("a permission")))),
    operations: optional(list(operationEntry)),
    record: optional(object({ fields: optional(list(choice(...personalFields))), quiet: optional(flag) })),
  },
  {
    publicUrl: "nothing is built from it",
    state: "there is no shared state",
    store: "there is no store",
    versioning: "operations are told apart by their paths",
    apps: "app builds are not judged",
    limits: "nothing is counted",
    sealedIds: "ids are not sealed",
    detect: "nothing is detected",
    alerts: "nothing is reported",
    appHeader: "only Portcullis-App is read",
  },
);

export type Policy = Read<typeof policyShape>;
export type OperationEntry = NonNullable<Policy["operations"]>[number];
export type ModeSetting = Read<typeof modeSetting>;
