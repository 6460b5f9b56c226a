import type { Upstream } from "@portcullis/guard/upstream";

/**
 * Objects are named `ann-1`, after their owner. What the backend was asked for is all that is kept.
 */
export const seen = {
  /** `METHOD target` of every request. */
  reached: [] as string[],
  /** The last body. */
  body: "",
};

/** A backend that answers with the owner that an account's name tells. */
export const backend: Upstream = {
  forward(request, receiver) {
    seen.reached.push(`${request.method} ${request.target}`);
    seen.body = Buffer.isBuffer(request.body) ? request.body.toString() : "";
    const id = decodeURIComponent(/^\/accounts\/([^/?]+)/.exec(request.target)?.[1] ?? "x-1");
    const status = id.startsWith("nobody") ? 404 : id.startsWith("secret") ? 403 : 200;
    receiver.onHead(status, ["Content-Type", "application/json"]);
    receiver.onData(Buffer.from(JSON.stringify(status === 200 ? { owner: id.split("-")[0] } : {})));
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};

const text = "{ type: string }";
const list = "{ type: array, items: { type: string } }";
const answers = 'responses: { "200": { description: ok } }';
/** Operations that name an object in every place where a request can name one. */
export const document = `openapi: 3.1.0
info: { title: Named, version: v1 }
security: [{ token: [] }]
paths:
  /accounts/{accountId}:
    parameters: [{ name: accountId, in: path, required: true, schema: ${text} }]
    get: { operationId: getAccount, responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } } } }
    delete: { operationId: closeAccount, ${answers} }
  /statements: { get: { operationId: statements, parameters: [{ name: customer, in: query, required: true, schema: ${text} }, { name: page, in: query, schema: ${text} }], ${answers} } }
  /cards: { get: { operationId: cards, parameters: [{ name: accountIds, in: query, required: true, explode: false, schema: ${list} }], ${answers} } }
  /loans: { get: { operationId: loans, parameters: [{ name: accountId, in: query, required: true, schema: ${list} }], ${answers} } }
  /tenants: { get: { operationId: tenants, parameters: [{ name: X-Customer, in: header, required: true, schema: ${text} }], ${answers} } }
  /transfers: { post: { operationId: transfers, requestBody: { content: { application/json: { schema: { type: object, properties: { from: ${text}, to: { type: array, items: { type: object, properties: { accountId: ${text} } } } } } } } }, ${answers} } }
  /searches: { get: { operationId: searches, parameters: [{ name: customer, in: query, schema: ${text} }], ${answers} } }
  /profiles: { patch: { operationId: patchProfile, requestBody: { content: { application/json-patch+json: { schema: { type: array } }, application/json: { schema: { $ref: "#/components/schemas/Account" } } } }, ${answers} } }
  /orders: { post: { operationId: order, requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Order" } }, application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Order" } }, multipart/form-data: { schema: { $ref: "#/components/schemas/Order" } }, image/png: {} } }, ${answers} } }
  /combined: { post: { operationId: combined, parameters: [{ name: customer, in: query, schema: ${text} }], requestBody: { content: { application/json: { schema: { type: object, properties: { customer: ${text} } } } } }, ${answers} } }
  /batches: { post: { operationId: batch, requestBody: { content: { application/json: { schema: { type: object, properties: { requests: { type: array, items: { type: object, properties: { method: ${text}, path: ${text} } } } } } } } }, ${answers} } }
  /allowed-batches: { post: { operationId: allowedBatch, requestBody: { content: { application/json: { schema: { type: array, items: { type: object, properties: { method: ${text}, url: ${text} } } } } } }, ${answers} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } }, schemas: { Order: { type: object, properties: { accountId: ${text}, others: ${list}, note: ${text} } }, Account: { type: object, properties: { id: { type: string }, owner: { type: string }, next: { type: string } } } } }
`;
/** A policy with these entries of `operations`. */
export const policy = (more: string, sealed = ""): string => `portcullis: 1
mode: { default: enforce, request: observe }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
${sealed}
operations:
${more}`;
