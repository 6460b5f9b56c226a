import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import type { keys } from "./policy.ts";

/** Pages of other origins. */
export interface CorsPlan {
  /** Compared to the letter; `*` stands for any origin. */
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds: number;
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
}

const sentByClients = [
  "Authorization",
  "Content-Type",
  "DPoP",
  "Idempotency-Key",
  "If-Match",
  "If-None-Match",
  "Portcullis-App",
  "traceparent",
] as const;
const readByClients = [
  "Deprecation",
  "DPoP-Nonce",
  "ETag",
  "Link",
  "Location",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "Sunset",
  "WWW-Authenticate",
] as const;

/**
 * What pages of other origins may send and read: what the documents declare, and what the gate
 * itself says and asks for. Undefined where the policy says nothing of other origins.
 */
export function planCors(
  { cors }: PolicyOf<typeof keys & CoreKeys>,
  context: JoinContext,
): CorsPlan | undefined {
  if (cors === undefined) return undefined;
  const { allowHeaders = [], credentials = false, exposeHeaders = [], maxAge, origins } = cors;
  if (origins.includes("*") && origins.length > 1)
    context.note(["cors", "origins"], "any origin and some by name are two answers", {
      expected: "'*', or a list of origins",
    });
  if (origins.includes("*") && credentials)
    context.note(["cors", "credentials"], "a browser sends no cookies where any page may ask", {
      expected: "origins by name",
      mend: "Name the origins, or take credentials out.",
    });
  return {
    origins,
    credentials,
    maxAgeSeconds: Math.round((maxAge ?? 3_600_000) / 1000),
    allowHeaders: unique([
      ...sentByClients,
      ...declaredFields(context),
      ...(context.namesOf("header field") ?? []),
      ...allowHeaders,
    ]),
    exposeHeaders: unique([...readByClients, ...exposeHeaders]),
  };
}

/** Header fields that operations declare as parameters, or as places of credentials. */
function declaredFields({ documents }: JoinContext): string[] {
  const parameters = documents
    .flatMap(({ operations }) => operations.flatMap((operation) => operation.parameters))
    .flatMap(({ in: location, name }) => (location === "header" ? [name] : []));
  const schemes = documents
    .flatMap(({ securitySchemes }) => securitySchemes)
    .flatMap(({ in: location, parameterName }) =>
      location === "header" && parameterName !== undefined ? [parameterName] : [],
    );
  return [...parameters, ...schemes];
}

function unique(names: readonly string[]): string[] {
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]));
  return [...byName.values()].sort((a, b) => a.localeCompare(b));
}
