import type { Upstream } from "@portcullis/guard/upstream";
import { type Ask, plannedJourney } from "./planned-journey.ts";

/** What has left the gate last. */
export let forwarded:
  | { method: string; target: string; headers: string[]; body: string }
  | undefined;
const backend: Upstream = {
  forward({ body, headers, method, target }, receiver) {
    forwarded = { method, target, headers, body: Buffer.isBuffer(body) ? body.toString() : "" };
    receiver.onHead(200, []);
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};

const ok = '{ "200": { description: ok } }';
const open = "{ type: object, additionalProperties: true }";
const document = `openapi: 3.1.0
info: { title: Dialects, version: v1 }
security: [{ token: [] }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /users/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { operationId: getUser, responses: ${ok} }
    delete: { operationId: deleteUser, responses: ${ok} }
    put: { operationId: putUser, requestBody: { content: { application/json: { schema: ${open} } } }, responses: ${ok} }
    post:
      operationId: touchUser
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { type: object, additionalProperties: true, properties: { role: { type: string } } } }, multipart/form-data: { schema: ${open} }, application/json: { schema: ${open} }, "*/*": {} } }
      responses: ${ok}
  /users/export: { get: { operationId: exportUsers, responses: ${ok} } }
  /users/@me: { get: { operationId: getMe, responses: ${ok} } }
  /users/search: { post: { operationId: searchUsers, responses: ${ok} } }
  /jobs/{id}: { parameters: [{ name: id, in: path, required: true, schema: { type: string } }], get: { operationId: getJob, responses: ${ok} } }
  "/jobs/{id}:cancel": { parameters: [{ name: id, in: path, required: true, schema: { type: string } }], get: { operationId: cancelJob, responses: ${ok} } }
  /teams/{id}/members: { parameters: [{ name: id, in: path, required: true, schema: { type: string } }], get: { operationId: getMembers, responses: ${ok} } }
  /teams/archive/{entry}: { parameters: [{ name: entry, in: path, required: true, schema: { type: string } }], get: { operationId: getEntry, responses: ${ok} } }
`;

/** A gate in which the support alone may export and delete; `upstream` is more of its setting. */
export const gateFor = (upstream = "", mode = "enforce"): Promise<Ask> =>
  plannedJourney({
    document,
    backend,
    claimsOf: () => ({ roles: [] }),
    policy: `portcullis: 1
mode: ${mode}
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: { targets: "http://127.0.0.1:9"${upstream} } }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: exportUsers, allow: { roles: [support] } }
  - { match: deleteUser, allow: { roles: [support] } }
roles: { support: [] }
`,
  });
