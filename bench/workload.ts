import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What every candidate is asked: the same tokens, the same paths, the same backend. */
export interface Workload {
  readonly tokens: readonly { readonly subject: string; readonly token: string }[];
  readonly publicKeyPem: string;
  readonly issuer: string;
  readonly audience: string;
  close(): void;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** `users` people, each with one ES256 access token, and an issuer that publishes the key. */
export async function makeWorkload(users: number): Promise<Workload> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "bench", alg: "ES256", use: "sig" };
  let issuer = "";
  const server: Server = createServer((request, response) => {
    response
      .writeHead(200, { "Content-Type": "application/json" })
      .end(
        JSON.stringify(
          request.url === "/jwks" ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/jwks` },
        ),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const audience = "https://api.bench.example";
  const header = encode({ alg: "ES256", typ: "at+jwt", kid: "bench" });
  const now = Math.floor(Date.now() / 1000);
  const tokens = Array.from({ length: users }, (_, index) => {
    const subject = `c-${100_000 + index}`;
    const payload = encode({
      iss: issuer,
      aud: audience,
      sub: subject,
      client_id: "bench-app",
      scope: "accounts:read payments:write",
      roles: ["customer"],
      plan: index % 2 === 0 ? "standard" : "premium",
      iat: now,
      exp: now + 7200,
      jti: `j-${index}`,
    });
    return {
      subject,
      token: `${header}.${payload}.${signature(privateKey, `${header}.${payload}`)}`,
    };
  });
  return {
    tokens,
    publicKeyPem: publicKey.export({ format: "pem", type: "spki" }),
    issuer,
    audience,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const signature = (key: KeyObject, text: string): string =>
  sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");

/** One operation that has everything, and as many others as wanted around it. */
export function benchDocument(operations: number): string {
  const others = Array.from(
    { length: Math.max(0, operations - 1) },
    (_, index) => `  /v1/things-${index}/{thingId}:
    get:
      operationId: getThing${index}
      security: [{ token: ["accounts:read"] }]
      parameters: [{ name: thingId, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } } }`,
  );
  return `openapi: 3.1.0
info: { title: Bench, version: v1 }
paths:
  /v1/accounts/{accountId}:
    get:
      operationId: getAccount
      security: [{ token: ["accounts:read"] }]
      parameters:
        - { name: accountId, in: path, required: true, schema: { type: string, pattern: "^c-[0-9]+$" } }
        - { name: expand, in: query, schema: { enum: [none, all] } }
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } } }
${others.join("\n")}
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Account:
      type: object
      required: [id, customerId, iban, currency, balance]
      properties:
        id: { type: string }
        customerId: { type: string }
        iban: { type: string, pattern: "^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$" }
        currency: { type: string, pattern: "^[A-Z]{3}$" }
        balance: { type: integer }
        limits: { type: array, items: { type: object, properties: { kind: { enum: [daily, monthly] }, amount: { type: integer } } } }
`;
}

/**
 * The full chain: token, scopes, ownership by the answer, request and response schema, five limits,
 * record.
 */
export function benchPolicy({ audience, issuer }: Workload, upstream: string): string {
  return `portcullis: 1
mode: enforce
listen: { port: 0, threads: 1, tls: off }
admin: { port: 0 }
apis: [{ openapi: ./openapi.yaml, upstream: "${upstream}", version: v1 }]
identity: { issuer: "${issuer}", audience: "${audience}", tierClaim: plan }
roles: { customer: ["accounts:read"] }
limits: { tiers: { standard: 1000000/s, premium: 2000000/s }, admission: 5000000/s, keys: 2000000 }
operations:
  - match: "*"
    limits:
      - { rate: 5000000/s, per: address }
      - { rate: tier, per: user }
      - { rate: 5000000/s, per: operation }
      - { rate: 5000000/s, per: [user, operation] }
  - match: getAccount
    mode: { response: enforce }
    owner: { response: /customerId, is: token.sub }
`;
}
