import type { ApiDocument } from "@portcullis/guard/documents";
import { proposeLimit } from "./propose-limits.ts";
import { proposeOwner } from "./propose-owners.ts";

export interface Proposal {
  readonly operation: string;
  readonly kind: "owner" | "limit";
  readonly reason: string;
}

const commentedIdentity: readonly string[] = [
  "# The document asks for tokens. Name who issues them, and they are verified; until then nobody's are.",
  "# identity:",
  "#   issuer: https://login.example.com",
  "#   audience: https://api.example.com",
  "#   rolesClaim: roles",
  "# Or sign people in here (issuer: builtin, with publicUrl and apps), each token bound to its app's key:",
  "#   accessToken: { ttl: 10m, binding: dpop }",
  "",
];

const kept: readonly string[] = [
  "# What the console shows: who would be refused, and what it was like last week. Nobody is named in it",
  "# ('record: { fields: [subject, device] }' counts people too, by pseudonyms). The store keeps modes that",
  "# are set while the gate runs, incidents and the audit; postgres://... where several nodes share it.",
  "record: { keep: { raw: 7d, minutes: 48h, hours: 400d } }",
  "store: ./.portcullis/portcullis.db",
  "",
];

/**
 * A first policy, in words: everything observed, what the document shows proposed, each with its
 * reason.
 *
 * @param source the lines that name who knows callers; undefined where nobody has said it
 */
export function proposePolicy(
  apis: readonly { readonly document: ApiDocument; readonly file: string }[],
  upstream: string,
  source?: readonly string[],
): { readonly policy: string; readonly proposals: readonly Proposal[] } {
  const proposals: Proposal[] = [];
  const limits: string[] = [];
  const owners: string[] = [];
  const quote = (textual: string): string =>
    /^[A-Za-z0-9._-]+$/.test(textual) ? textual : JSON.stringify(textual);
  for (const { document } of apis) {
    for (const operation of document.operations) {
      const name = operation.operationId ?? operation.key;
      const limit = proposeLimit(operation, document);
      if (limit !== undefined) {
        proposals.push({ operation: name, kind: "limit", reason: limit.reason });
        limits.push(
          `  # ${limit.reason}`,
          `  - match: ${quote(name)}`,
          ...(limit.role === undefined ? [] : [`    role: ${limit.role}`]),
          `    limits: [${limit.limit}]`,
        );
      }
      const owner = proposeOwner(operation, document);
      if (owner !== undefined) {
        proposals.push({ operation: name, kind: "owner", reason: owner.reason });
        owners.push(
          `  # ${owner.reason}`,
          `  # - match: ${quote(name)}`,
          `  #   owner: { ${owner.rule} }`,
        );
      }
    }
  }
  const needsToken = apis.some(({ document }) =>
    document.operations.some(
      (operation) => operation.security !== undefined && operation.security.length > 0,
    ),
  );
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
    ...apis.flatMap(({ document, file }) => [
      `  - openapi: ${quote(file).startsWith('"') ? quote(file) : file}`,
      `    upstream: ${upstream}`,
      ...(/^[A-Za-z0-9._-]{1,32}$/.test(document.apiVersion)
        ? [`    version: ${JSON.stringify(document.apiVersion)}`]
        : []),
    ]),
    "",
    ...kept,
    ...(source ?? (needsToken ? commentedIdentity : [])),
    "operations:",
    '  - match: "*"',
    "    limits:",
    "      - { rate: 300/min, burst: 60, per: address }   # one network; carriers put many people behind one",
    ...(needsToken || source !== undefined
      ? ["      - { rate: 120/min, per: user }                 # one person, on all devices"]
      : []),
    ...limits,
    ...(owners.length > 0
      ? [
          "",
          "  # Objects that seem to belong to somebody. Take the marks away when 'identity' is set, and look at the record before you enforce.",
        ]
      : []),
    ...owners,
    "",
  ];
  return { policy: lines.join("\n"), proposals };
}
