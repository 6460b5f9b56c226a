import type { Fault } from "../../document/api-document.ts";
import { DocumentSet } from "../../document/references.ts";
import { object, optional, required } from "../../policy/object-shape.ts";
import { list, type Shape, scalar, text } from "../../policy/shape.ts";
import type { ApiKey } from "./api-keys.ts";

const instant: Shape<number> = scalar(
  "a moment such as 2027-01-31T12:00:00Z",
  (value) => {
    const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
    return Number.isNaN(at) ? undefined : Math.floor(at / 1000);
  },
  { type: "string", format: "date-time" },
);

const apiKey = object({
  id: required(text("a key's name", /^[A-Za-z0-9._-]{1,64}$/), "The key's name, for revocation."),
  hash: required(
    text("the SHA-256 of the key, base64url", /^[A-Za-z0-9_-]{43}$/),
    "The hash of the key.",
  ),
  sub: required(text("a subject"), "Who calls with it."),
  client: optional(text("a client's id"), "The program that calls."),
  roles: optional(list(text("a role")), "The roles of its callers."),
  scopes: optional(list(text("a scope")), "The scopes of its callers."),
  tier: optional(text("a tier"), "The tier of its callers, for limits."),
  issued: required(instant, "When it was made."),
  expires: optional(instant, "When it ends; without it, when it is taken out."),
});
const apiKeys = list(apiKey);

/** Reads the file that `portcullis keys issue` writes. An empty file holds no keys. */
export function readApiKeyFile(file: string): {
  readonly keys: readonly ApiKey[] | undefined;
  readonly faults: readonly Fault[];
} {
  const set = new DocumentSet();
  const document = set.open(file);
  if (document === undefined) return { keys: undefined, faults: set.faults };
  const value = document.value ?? [];
  const at = { document, path: [], value };
  const read = apiKeys.read(at, set);
  const keys = read?.map(
    ({ client, expires, hash, id, issued, roles = [], scopes = [], sub, tier }): ApiKey => ({
      id,
      hash,
      subject: sub,
      client,
      roles,
      scopes,
      tier,
      issuedAtSeconds: issued,
      expiresAtSeconds: expires,
    }),
  );
  const seen = new Set<string>();
  for (const [index, { hash, id }] of (keys ?? []).entries())
    for (const one of [hash, id]) {
      if (seen.has(one)) set.fault({ ...at, path: [String(index)] }, `'${id}' stands here twice`);
      seen.add(one);
    }
  return { keys: set.faults.length > 0 ? undefined : keys, faults: set.faults };
}
