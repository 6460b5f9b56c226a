import type { ApiDocument, JsonSchema, Operation } from "@portcullis/guard/operation";

export interface Proposal {
  readonly operation: string;
  readonly kind: "owner" | "limit";
  readonly reason: string;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const ownerName = /^(customer|user|owner|account_?holder|member|profile|tenant)_?(id|uuid|ref)$/i;
const guessable = /(^|[/_-])(login|log-in|signin|sign-in|sessions?|token|otp|verify|verification|password|password-resets?|pin|signup|sign-up|register|registrations?|2fa|mfa)([/_-]|$)/i;
const nameLike = /^(user_?name|e?-?mail|phone|phone_?number|login|identifier|account)$/i;

/** A first policy, in words: everything observed, what the document shows proposed, each with its reason. */
export function proposePolicy(apis: readonly { readonly document: ApiDocument; readonly file: string }[], upstream: string): { readonly policy: string; readonly proposals: readonly Proposal[] } {
  const proposals: Proposal[] = [];
  const limits: string[] = [];
  const owners: string[] = [];
  const quote = (textual: string): string => (/^[A-Za-z0-9._-]+$/.test(textual) ? textual : JSON.stringify(textual));
  for (const { document } of apis) {
    for (const operation of document.operations) {
      const name = operation.operationId ?? operation.key;
      const guess = guessLimit(operation, document);
      if (guess !== undefined) {
        proposals.push({ operation: name, kind: "limit", reason: guess.reason });
        limits.push(`  # ${guess.reason}`, `  - match: ${quote(name)}`, `    limits: [{ rate: 5/min, per: ${guess.per} }]`);
      }
      const owner = guessOwner(operation, document);
      if (owner !== undefined) {
        proposals.push({ operation: name, kind: "owner", reason: owner.reason });
        owners.push(`  # ${owner.reason}`, `  # - match: ${quote(name)}`, `  #   owner: { ${owner.rule}, is: token.sub }`);
      }
    }
  }
  const needsToken = apis.some(({ document }) => document.operations.some((operation) => operation.security !== undefined && operation.security.length > 0));
  const lines = [
    "# What your OpenAPI document cannot say: who owns an object, how fast, which builds.",
    "# Everything is observed until you enforce it: nothing is refused, and the record shows what would have been.",
    "# 'portcullis check' reads this file; a change is live as soon as it is saved.",
    "portcullis: 1",
    "mode: observe            # off | observe | enforce, or by control: { default: observe, limit: enforce }",
    "",
    "listen:",
    "  port: 8443",
    "  # tls: { cert: ./tls.crt, key: ./tls.key }     # without it: a certificate of this machine's own, refused in production",
    "",
    "apis:",
    ...apis.flatMap(({ document, file }) => [`  - openapi: ${quote(file).startsWith('"') ? quote(file) : file}`, `    upstream: ${upstream}`, ...(/^[A-Za-z0-9._-]{1,32}$/.test(document.apiVersion) ? [`    version: ${JSON.stringify(document.apiVersion)}`] : [])]),
    "",
    ...(needsToken
      ? ["# The document asks for tokens. Name who issues them, and they are verified; until then nobody's are.", "# identity:", "#   issuer: https://login.example.com", "#   audience: https://api.example.com", "#   rolesClaim: roles", ""]
      : []),
    "operations:",
    '  - match: "*"',
    "    limits:",
    "      - { rate: 300/min, burst: 60, per: address }   # one network; carriers put many people behind one",
    ...(needsToken ? ["      - { rate: 120/min, per: user }                 # one person, on all devices"] : []),
    ...limits,
    ...(owners.length > 0 ? ["", "  # Objects that seem to belong to somebody. Take the marks away when 'identity' is set, and look at the record before you enforce."] : []),
    ...owners,
    "",
  ];
  return { policy: lines.join("\n"), proposals };
}

function guessLimit(operation: Operation, document: ApiDocument): { readonly per: string; readonly reason: string } | undefined {
  if (operation.method !== "POST" || !(guessable.test(operation.pathTemplate) || guessable.test(operation.operationId ?? ""))) return undefined;
  const schema = operation.requestBody?.content.find((content) => content.schema !== undefined)?.schema;
  const name = Object.keys(propertiesOf(schema, document)).find((property) => nameLike.test(property));
  const reason = `${operation.key} looks like a place to guess at`;
  return name === undefined ? { per: "address", reason } : { per: `[address, body.${name}]`, reason: `${reason}; counted by the ${name} that is guessed for` };
}

function guessOwner(operation: Operation, document: ApiDocument): { readonly rule: string; readonly reason: string } | undefined {
  if (operation.security !== undefined && (operation.security.length === 0 || operation.security.some((requirement) => Object.keys(requirement).length === 0))) return undefined;
  const names = [...operation.pathTemplate.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] as string);
  const named = names.find((name) => ownerName.test(name));
  if (named !== undefined) return { rule: `param: ${named}`, reason: `the path of ${operation.key} names a person: {${named}}` };
  if (operation.method !== "GET" || names.length === 0) return undefined;
  const content = operation.responses.find((response) => response.status === "200")?.content.find((one) => /json/.test(one.mediaType));
  const property = Object.keys(propertiesOf(content?.schema, document)).find((name) => ownerName.test(name));
  return property === undefined ? undefined : { rule: `response: /${property}`, reason: `the answer of ${operation.key} names its owner: ${property}` };
}

/** Property names that a schema declares on its surface, through references and allOf. */
function propertiesOf(schema: JsonSchema | undefined, document: ApiDocument, depth = 0): Record<string, unknown> {
  if (!isObject(schema) || depth > 8) return {};
  const reference = schema["$ref"];
  const target = typeof reference === "string" ? document.schemas[reference.slice("#/$defs/".length)] : undefined;
  const all = Array.isArray(schema["allOf"]) ? (schema["allOf"] as JsonSchema[]) : [];
  return Object.assign({}, propertiesOf(target, document, depth + 1), ...all.map((part) => propertiesOf(part, document, depth + 1)), isObject(schema["properties"]) ? schema["properties"] : {}) as Record<string, unknown>;
}
