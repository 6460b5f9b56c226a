import { readRange, rangeForm, readVersion } from "../clients/app-version.ts";
import { alwaysEnforced, type Control, controls, modes } from "../control.ts";
import { personalFields } from "../decision-record.ts";
import { bindings } from "../credentials/binding.ts";
import { signingAlgorithms } from "../credentials/signing-algorithms.ts";
import { isLimitPart, type LimitPart, limitParts } from "../limits/limit-key.ts";
import { type Rate, rateForm, readRate } from "../limits/rate.ts";
import { choice, duration, either, flag, integer, list, named, object, oneOrMore, optional, type Read, required, scalar, scalarOr, size, type Shape, text } from "./shape.ts";

/** Controls whose mode the owner sets. */
export const modedControls: readonly Control[] = controls.filter((control) => !alwaysEnforced.has(control));

const mode = choice(...modes);
const range = scalar(rangeForm, (value) => (typeof value === "string" && readRange(value) !== undefined ? value : undefined), { type: "string" });
const percentage = scalar("a percentage from 0 to 100", (value) => (typeof value === "number" && value >= 0 && value <= 100 ? value : undefined), { type: "number", minimum: 0, maximum: 100 });
const staged = object({ enforce: required(object({ app: optional(range), percent: optional(percentage) })), otherwise: required(mode) });
const oneMode = scalarOr(mode, staged);
const modeByControl = object(Object.fromEntries(["default", ...modedControls].map((control) => [control, optional(oneMode)])));
/** One mode for all, or staged, or by control: an object with `enforce` is staged. */
const modeSetting = scalarOr(mode, either("enforce", staged, modeByControl));

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

const healthCheck = object({ path: required(text("a path such as /healthz", /^\/[!-~]*$/)), interval: optional(duration), timeout: optional(duration), unhealthyAfter: optional(integer(1, 100)), healthyAfter: optional(integer(1, 100)) });

const upstream = scalarOr(
  target,
  object({ targets: required(oneOrMore(target)), connections: optional(integer(1, 4096)), connectTimeout: optional(duration), headersTimeout: optional(duration), bodyTimeout: optional(duration), healthCheck: optional(healthCheck) }, { tls: "backends are reached with the system's authorities" }),
);

const versionName = text("a version such as v1", /^[A-Za-z0-9._-]{1,32}$/);
const date = scalar("a day such as 2026-12-01", (value) => (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? Date.parse(value) : undefined), { type: "string", format: "date" });

const api = object({
  openapi: required(text("the path of an OpenAPI document")),
  upstream: required(upstream),
  version: optional(versionName),
  deprecated: optional(date),
  sunset: optional(date),
  sunsetReason: optional(text("why the version ends sooner than six months after it is deprecated")),
  successor: optional(versionName),
});

const versioning = object({ from: optional(choice("path", "accept")), header: optional(text("a header field's name", /^[A-Za-z0-9-]{1,64}$/)), query: optional(text("a query parameter's name", /^[A-Za-z0-9_.-]{1,64}$/)), default: optional(versionName) });

const origin = scalar("an origin such as https://app.example.com, without a path or slash behind it, or '*'", (value) => (value === "*" || (typeof value === "string" && URL.parse(value)?.origin === value && value !== "null") ? value : undefined), { type: "string" });
const fieldName = text("a header field's name", /^[A-Za-z0-9-]{1,64}$/);
const cors = object({ origins: required(list(origin, 1)), credentials: optional(flag), maxAge: optional(duration), allowHeaders: optional(list(fieldName)), exposeHeaders: optional(list(fieldName)) });

const credential = object({ securityScheme: optional(text("the name of a security scheme of the document")), header: optional(text("a header field's name", /^[A-Za-z0-9-]{1,64}$/)), scheme: optional(text("a scheme word such as Bearer", /^[A-Za-z0-9-]{1,32}$/)), cookie: optional(text("a cookie's name", /^[A-Za-z0-9_.-]{1,64}$/)) });

/** Never a literal: what stands in a policy stands in its history. */
const secret = object({ env: optional(text("a variable's name", /^[A-Z][A-Z0-9_]{0,100}$/)), file: optional(text("a file's path")) });

const accessToken = object({ ttl: optional(duration), longerBecause: optional(text("why tokens live longer than fifteen minutes")), binding: optional(choice(...bindings)), nonce: optional(choice("when-needed", "required")) });
const refreshToken = object({ ttl: optional(duration), idle: optional(duration), retryWindow: optional(duration) });
/** Sign-in pages of the built-in issuer. */
const signIn = object({ title: optional(text("the name people know the service by")), accentColor: optional(text("a colour such as #0a5c5a", /^#[0-9a-fA-F]{6}$/)), locales: optional(list(choice("en", "de", "nl"), 1)), signUp: optional(choice("open", "closed")), roles: optional(list(text("a role"), 1)), androidOrigins: optional(list(text("an app's origin such as android:apk-key-hash:...", /^android:apk-key-hash:[A-Za-z0-9_-]{43}$/), 1)), secondFactor: optional(choice("optional", "new-device", "always")), session: optional(duration) });
const passwords = object({ least: optional(integer(8, 64)), breached: optional(scalarOr(choice("off"), object({ file: optional(text("a file of SHA-1 hashes in hexadecimal, sorted")), url: optional(url(["https:", "http:"], "the address of a range service, which is asked with five characters of a hash")) }))) });
const mail = object({ webhook: required(url(["https:", "http:"], "the address that sends mail for the gate")), token: optional(secret), from: optional(text("a sender's address")) });
const sms = object({ webhook: required(url(["https:", "http:"], "the address that sends messages for the gate")), token: optional(secret) });
const provider = object({ id: required(text("a short name such as google", /^[a-z0-9-]{1,32}$/)), title: optional(text("the name on the button")), issuer: required(url(["https:", "http:"], "the provider's address, such as https://accounts.google.com")), clientId: required(text("the client's id there")), clientSecret: optional(secret), apple: optional(object({ teamId: required(text("the team's ten capitals and digits, as Apple's membership page shows them", /^[A-Z0-9]{10}$/)), keyId: required(text("the key's ten capitals and digits, as they stand in AuthKey_XXXXXXXXXX.p8", /^[A-Z0-9]{10}$/)), key: required(secret) })), responseMode: optional(choice("query", "form_post")), scopes: optional(list(text("a scope"), 1)) });

const identity = object(
  {
    issuer: required(scalar("builtin, or the issuer's address, such as https://login.example.com", (value) => (value === "builtin" || (typeof value === "string" && /^https?:\/\/[^#?@]+$/.test(value) && URL.parse(value) !== null) ? value : undefined), { type: "string" })),
    accessToken: optional(accessToken),
    refreshToken: optional(refreshToken),
    signIn: optional(signIn),
    passwords: optional(passwords),
    mail: optional(mail),
    sms: optional(sms),
    providers: optional(list(provider, 1)),
    audience: required(oneOrMore(text("this API's own name, such as https://api.example.com"))),
    jwksUri: optional(url(["https:", "http:"], "the address of the issuer's keys")),
    algorithms: optional(list(choice(...signingAlgorithms.keys()), 1)),
    typ: optional(choice("at+jwt", "any")),
    clockTolerance: optional(duration),
    rolesClaim: optional(text("a claim's name")),
    tierClaim: optional(text("a claim's name")),
    deviceClaim: optional(text("a claim's name")),
    credential: optional(oneOrMore(credential)),
  },
);

const pathPattern = text("a path such as /v1/customers/{customerId}/**", /^\//);
const matchObject = object({ operationId: optional(oneOrMore(text("an operationId"))), method: optional(oneOrMore(choice("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"))), path: optional(pathPattern), tag: optional(oneOrMore(text("a tag"))) });
const matchOne = scalarOr(text('"*", an operationId or METHOD /path'), matchObject);

const pointer = text("a JSON pointer such as /customerId", /^\//);
const claim = text("a claim of the caller's token, such as token.sub", /^token(\.[A-Za-z0-9_-]+)+$/);
const ownerFields = {
  param: optional(text("a parameter's name")),
  body: optional(pointer),
  lookup: optional(text("the operationId of a GET whose answer names the owner")),
  with: optional(named(text("a parameter's name, or a JSON pointer into the body"))),
  relation: optional(object({ at: required(text("the name of a decision point")), action: required(text("an action or relation, such as can_read")), resource: required(text("a kind of object, such as account")), id: required(text("a parameter's name, or a JSON pointer into the body")) })),
  provenance: optional(object({ kind: required(text("a kind of object under provenance")), id: required(text("a parameter's name, or a JSON pointer into the body")) })),
  response: optional(pointer),
  optional: optional(flag),
  is: optional(claim),
  exceptRoles: optional(list(text("a role"), 1)),
  foreign: optional(choice("refuse", "filter")),
} as const;
const ownerLeaf = object(ownerFields);
const ownerAny = object({ any: required(list(ownerLeaf, 1)), is: optional(claim), exceptRoles: optional(list(text("a role"), 1)) });
const owner = either("any", ownerAny, either("all", object({ all: required(list(either("any", ownerAny, ownerLeaf), 1)), is: optional(claim), exceptRoles: optional(list(text("a role"), 1)) }), ownerLeaf));
const stepUp = object({ bound: optional(flag), device: optional(choice("trusted")), acr: optional(oneOrMore(text("an authentication context class, such as mfa", /^[!#-[\]-~]{1,100}$/))), within: optional(duration), when: optional(either("body", object({ body: required(pointer), over: required(scalar("a number", (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined), { type: "number" })) }), object({ outside: required(text("hours of the day such as 07:00-22:00", /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/)), zone: optional(text("a time zone such as Europe/Amsterdam", /^[A-Za-z0-9_+/-]{1,64}$/)) }))) });

const allow = scalarOr(choice("anyone"), object({ scopes: optional(list(text("a scope"), 1)), roles: optional(list(text("a role"), 1)), clients: optional(list(text("a client's id"), 1)) }));

const rate: Shape<Rate> = scalar(rateForm, (value) => (typeof value === "string" ? readRate(value) : undefined), { type: "string", pattern: "^\\d{1,7}/(s|sec|second|min|minute|h|hour|d|day)$" });
const part: Shape<LimitPart> = scalar(`${limitParts.join(", ")} or body.<property>`, (value) => (typeof value === "string" && isLimitPart(value) ? value : undefined), { type: "string" });
const limit = object({ rate: required(scalar(`${rateForm}, tier, or none`, (value) => (value === "tier" || value === "none" ? value : typeof value === "string" ? readRate(value) : undefined), { type: "string" })), per: required(oneOrMore(part)), burst: optional(integer(1, 1_000_000)) });

const hide = scalarOr(choice("existence"), object({ existence: required(duration) }));

const operationEntry = object(
  { match: required(oneOrMore(matchOne)), mode: optional(modeSetting), owner: optional(scalarOr(choice("none"), owner)), allow: optional(allow), limits: optional(list(limit)), maxBodySize: optional(size), maxAnswerSize: optional(size), entityTags: optional(flag), stepUp: optional(stepUp), carriesRequests: optional(flag), hide: optional(hide) },
  { attestation: "apps are not attested", priority: "requests do not queue", when: "conditions are not read" },
);

const tls = scalarOr(
  choice("local", "off"),
  object({ cert: optional(text("a certificate's path")), key: optional(text("a key's path")), minVersion: optional(choice("TLSv1.2", "TLSv1.3")), cleartextPort: optional(integer(0, 65_535)), cleartext: optional(choice("refuse", "redirect")), hsts: optional(scalarOr(choice("off"), object({ maxAge: required(duration), includeSubDomains: optional(flag), preload: optional(flag) }))) }),
);

const version = scalar("a version such as 3.0.0", (value) => (typeof value === "string" && readVersion(value) !== undefined ? value : undefined), { type: "string" });
const app = object(
  { id: required(text("an app's name such as harbour-ios", /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)), minVersion: optional(version), blocked: optional(list(range, 1)), upgradeUrl: optional(url(["https:"], "an https address of the app's newest build")), redirectUris: optional(list(text("where sign-in returns to, such as com.example.app:/signed-in"), 1)), logoutUris: optional(list(text("where sign-out returns to"), 1)), kind: optional(choice("native", "web")), pushedRequests: optional(choice("required", "optional")), scopes: optional(list(text("a scope"), 1)), firstParty: optional(flag), nativeSignIn: optional(flag) },
  { attestation: "apps are not attested" },
);

const shownKind = object({ properties: required(list(text("a schema's property, such as Document/id"), 1)) });
const sealedKind = object({ links: optional(list(text("a schema's property that holds a link, such as Page/next"), 1)), parameters: optional(list(text("a path or query parameter's name"), 1)), properties: optional(list(text("a schema's property, such as Document/id"), 1)), to: optional(claim), rawFor: optional(object({ app: required(range) })) });
const decisionPoint = object({ url: required(url(["https:", "http:"], "the address that is asked, such as https://pdp.internal/access/v1/evaluation")), form: required(choice("authzen", "openfga", "http")), timeout: optional(duration), remember: optional(duration), onFailure: optional(choice("deny", "allow")), token: optional(secret) });

/** The policy file, whole. What has no engine yet is known by name and refused, so that nobody believes it is on. */
export const policyShape = object(
  {
    portcullis: required(integer(1, 1)),
    mode: optional(modeSetting),
    listen: optional(object({ host: optional(text("an address")), port: optional(integer(0, 65_535)), tls: optional(tls), threads: optional(integer(1, 256)) })),
    publicUrl: optional(url(["https:", "http:"], "the API's public address, such as https://api.example.com")),
    state: optional(scalar("memory, or an address such as redis://127.0.0.1:6379", (value) => (value === "memory" || (typeof value === "string" && /^rediss?:\/\/./.test(value) && URL.parse(value) !== null) ? value : undefined), { type: "string" })),
    versioning: optional(versioning),
    cors: optional(cors),
    apps: optional(list(app)),
    requireApp: optional(flag),
    limits: optional(object({ tiers: optional(named(rate)), admission: optional(scalar(`${rateForm}, or off`, (value) => (value === "off" ? value : typeof value === "string" ? readRate(value) : undefined), { type: "string" })), keys: optional(integer(1000, 16_777_216)) })),
    trustedProxies: optional(list(text("an address or a CIDR range such as 10.0.0.0/8", /^[0-9a-fA-F:.]+(\/\d{1,3})?$/))),
    admin: optional(object({ host: optional(text("an address")), port: optional(integer(0, 65_535)) })),
    apis: required(list(api, 1)),
    identity: optional(identity),
    roles: optional(named(list(text("a permission")))),
    visible: optional(named(list(text("a role"), 1))),
    writable: optional(named(list(text("a role"), 1))),
    operations: optional(list(operationEntry)),
    decisionPoints: optional(named(decisionPoint)),
    provenance: optional(named(shownKind)),
    sealedIds: optional(named(sealedKind)),
    sealingKeys: optional(list(secret, 1)),
    store: optional(text("a file such as ./.portcullis/portcullis.db, or postgres://user@host/database")),
    record: optional(object({ fields: optional(list(choice(...personalFields))) })),
  },
  {
    detect: "nothing is detected",
    alerts: "nothing is reported",
    appHeader: "only Portcullis-App is read",
  },
);

export type Policy = Read<typeof policyShape>;
export type OwnerSetting = Read<typeof owner>;
export type OwnerLeaf = Read<typeof ownerLeaf>;
export type OperationEntry = NonNullable<Policy["operations"]>[number];
export type OneMode = Read<typeof oneMode>;
export type ModeSetting = Read<typeof modeSetting>;
