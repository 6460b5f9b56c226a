import { generateKeyPairSync } from "node:crypto";
import {
  type Grant,
  GrantTable,
  type ImpersonationState,
  LocalImpersonations,
} from "@portcullis/guard/state";
import { Revocations } from "@portcullis/guard/tokens";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import { compileIdentityAssertion } from "../../packages/server/src/keys/identity-assertion.ts";
import { answering } from "./answering.ts";
import { type Ask, type Claims, plannedJourney } from "./planned-journey.ts";

const text = "{ type: string }";
const parameter = (name: string): string =>
  `parameters: [{ name: ${name}, in: path, required: true, schema: ${text} }]`;
const ok = 'responses: { "200": { description: ok } }';
const body = (members: string): string =>
  `requestBody: { content: { application/json: { schema: { type: object, properties: { ${members} } } } } }`;
const document = `openapi: 3.1.0
info: { title: Bank, version: v1 }
security: [{ token: [] }]
paths:
  /accounts/{accountId}:
    ${parameter("accountId")}
    get: { operationId: getAccount, ${ok} }
    patch: { operationId: nameAccount, ${body(`name: ${text}`)}, ${ok} }
  /customers/{customerId}:
    ${parameter("customerId")}
    get: { operationId: getCustomer, ${ok} }
    patch: { operationId: changeCustomer, ${body(`name: ${text}`)}, ${ok} }
  /payments: { post: { operationId: pay, ${body("amount: { type: number }")}, ${ok} } }
  /password-resets: { post: { operationId: resetPassword, ${body(`to: ${text}`)}, ${ok} } }
  /settings: { put: { operationId: setSettings, ${body(`newPassword: ${text}`)}, ${ok} } }
  /letters: { post: { operationId: writeLetter, ${body(`text: ${text}`)}, ${ok} } }
  /rates: { get: { operationId: getRates, security: [], ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;
export const policyOf = (rest: string, root = ""): string => `portcullis: 1
mode: { default: enforce, response: off, request: observe, disclosure: off, headers: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
impersonation: { reason: Acting-Reason, ${rest} }
${root}
operations:
  - { match: getAccount, owner: { response: /ownerId, is: token.sub } }
  - { match: nameAccount, owner: { lookup: getAccount, response: /ownerId, is: token.sub } }
  - { match: pay, stepUp: { acr: mfa } }
`;
export const byHeader =
  "who: { roles: [support] }, header: Acting-For, never: [admin], subject: { operation: getCustomer, sub: /id, roles: /roles, tier: /plan }";

export const people: Readonly<Record<string, Claims>> = {
  sam: { roles: ["support"], acr: "mfa", client_id: "desk" },
  adam: { roles: ["support", "admin"] },
  eve: { roles: ["customer"] },
  exchanged: { sub: "ann", act: { sub: "sam" }, roles: ["customer"], client_id: "desk" },
};
const customers: Readonly<Record<string, unknown>> = {
  ann: { id: "ann", roles: ["customer"], plan: "gold" },
  ben: { id: "ben", roles: ["customer"] },
  root: { id: "root", roles: ["customer", "admin"] },
  joe: { id: "joe", roles: ["support"] },
  sam: { id: "sam", roles: ["customer"] },
  me: { id: "sam", roles: ["customer"] },
  lame: "nobody",
};

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const assertIdentity = compileIdentityAssertion(
  {
    privateKeyPem: privateKey.export({ format: "pem", type: "pkcs8" }),
    kid: "k",
    jwks: "",
  },
  "gate",
);

interface Journeys {
  readonly ask: Ask;
  /** What the backend was sent last. */
  readonly sent: () => UpstreamRequest | undefined;
  /** What the backend was told last of who calls. */
  readonly told: () => Record<string, unknown>;
  readonly revocations: Revocations;
  readonly clock: { aheadMs: number };
}

/** A gate in process, before a bank that answers with what is whose. */
export async function bank(
  policy: string,
  more: Readonly<Record<string, Claims>> = {},
  grants: readonly Grant[] = [],
  impersonations: ImpersonationState = new LocalImpersonations(),
): Promise<Journeys> {
  let sent: UpstreamRequest | undefined;
  const say = answering((_method, target) => {
    const [, kind, id = ""] = target.split("/");
    if (kind === "customers")
      return id in customers ? { json: customers[id] } : { status: id === "slow" ? 500 : 404 };
    return { json: kind === "accounts" ? { ownerId: id.split("-")[0] } : {} };
  });
  const revocations = new Revocations();
  const clock = { aheadMs: 0 };
  const nowMs = (): number => Date.now() + clock.aheadMs;
  const ask = await plannedJourney({
    document,
    policy,
    backend: {
      forward(request, receiver) {
        sent = request;
        return say.forward(request, receiver);
      },
    },
    claimsOf: (user) => ({ ...people, ...more })[user] ?? {},
    ports: {
      assertIdentity,
      revocations,
      clock: { nowMs, doubtSeconds: () => 0 },
      impersonations,
    },
    grants: new GrantTable(grants),
  });
  const field = (name: string): string | undefined => {
    const at = sent?.headers.findIndex((sentName) => sentName.toLowerCase() === name) ?? -1;
    return at === -1 ? undefined : sent?.headers[at + 1];
  };
  const told = (): Record<string, unknown> =>
    JSON.parse(
      Buffer.from(field("portcullis-identity")?.split(".")[1] ?? "e30", "base64url").toString(),
    ) as Record<string, unknown>;
  return { ask, sent: () => sent, told, revocations, clock };
}

export const acting = (name: string, reason = "INC-1: lost card"): readonly string[] => [
  "Acting-For",
  name,
  "Acting-Reason",
  reason,
];
export const hasAsked = (request: UpstreamRequest | undefined): boolean =>
  request?.headers.some((name) => /^acting-/i.test(name)) === true;
