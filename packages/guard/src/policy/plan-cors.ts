import type { ApiDocument } from "../operation.ts";
import type { CorsPlan } from "./plan.ts";
import type { Policy } from "./policy-schema.ts";
import type { ReadPolicy } from "./read-policy.ts";

const sentByClients = ["Authorization", "Content-Type", "DPoP", "Idempotency-Key", "If-Match", "If-None-Match", "Portcullis-App", "traceparent"];
const readByClients = ["Deprecation", "DPoP-Nonce", "ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "Sunset", "WWW-Authenticate"];

/** What pages of other origins may send and read: what the documents declare, and what the gate itself says and asks for. */
export function planCors({ cors, versioning }: Policy, documents: readonly ApiDocument[], note: ReadPolicy["faultAt"]): CorsPlan | undefined {
  if (cors === undefined) return undefined;
  const { allowHeaders = [], credentials = false, exposeHeaders = [], maxAge = 3_600_000, origins } = cors;
  if (origins.includes("*") && origins.length > 1) note(["cors", "origins"], "any origin and some by name are two answers", { expected: "'*', or a list of origins" });
  if (origins.includes("*") && credentials) note(["cors", "credentials"], "a browser sends no cookies where any page may ask", { expected: "origins by name", mend: "Name the origins, or take credentials out." });
  const operations = documents.flatMap((document) => document.operations);
  const parameters = operations.flatMap((operation) => operation.parameters.flatMap(({ in: location, name }) => (location === "header" ? [name] : [])));
  const schemes = documents.flatMap((document) => document.securitySchemes.flatMap((scheme) => (scheme.in === "header" && scheme.parameterName !== undefined ? [scheme.parameterName] : [])));
  return {
    origins,
    credentials,
    maxAgeSeconds: Math.round(maxAge / 1000),
    allowHeaders: unique([...sentByClients, ...parameters, ...schemes, ...(versioning?.header === undefined ? [] : [versioning.header]), ...allowHeaders]),
    exposeHeaders: unique([...readByClients, ...exposeHeaders]),
  };
}

function unique(names: readonly string[]): string[] {
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...byName.values()].sort((a, b) => a.localeCompare(b));
}
