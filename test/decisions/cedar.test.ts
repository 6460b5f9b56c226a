import assert from "node:assert/strict";
import type { Upstream } from "@portcullis/guard/upstream";
import { createDecisionPoint } from "../../packages/server/src/upstream/decision-point.ts";
import { test } from "../parts/test.ts";
import { plannedJourney } from "../security/planned-journey.ts";
import { startCedarPoint } from "./cedar-point.ts";

/** Owners do all; members of the team of a note read it, and nobody does either in another tenant. */
const policies = `
permit(principal, action, resource) when { resource.owner == principal };
permit(principal, action == Action::"read", resource) when { principal in resource.team };
forbid(principal, action, resource) when { context has tenant && context.tenant != resource.tenant };
`;
const entity = (type: string, id: string) => ({ __entity: { type, id } });
const entities = [
  { uid: { type: "Team", id: "red" }, attrs: {}, parents: [] },
  { uid: { type: "User", id: "ann" }, attrs: {}, parents: [] },
  { uid: { type: "User", id: "ben" }, attrs: {}, parents: [{ type: "Team", id: "red" }] },
  {
    uid: { type: "note", id: "n-1" },
    attrs: { owner: entity("User", "ann"), team: entity("Team", "red"), tenant: "blue" },
    parents: [],
  },
];

const ok = '{ "200": { description: ok } }';
const note = "{ name: noteId, in: path, required: true, schema: { type: string } }";
const tenant = "{ name: tenant, in: query, required: true, schema: { type: string } }";
const document = `openapi: 3.1.0
info: { title: Notes, version: v1 }
security: [{ token: [] }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /notes/{noteId}:
    parameters: [${note}, ${tenant}]
    get: { operationId: getNote, responses: ${ok} }
    delete: { operationId: dropNote, responses: ${ok} }
`;

const forwarded: string[] = [];
const backend: Upstream = {
  forward({ method, target }, receiver) {
    forwarded.push(`${method} ${target}`);
    receiver.onHead(200, []);
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};

const rule = (action: string): string =>
  `owner: { relation: { at: cedar, action: ${action}, resource: note, id: noteId, with: { tenant: tenant } }, is: token.sub }`;

test(
  "Cedar's own engine decides behind AuthZEN who reads and who drops a note, and in which tenant",
  {
    needs: ["cedar"],
  },
  async ({ cedar }, context) => {
    const point = await startCedarPoint(cedar, policies, entities);
    context.after(() => point.close());
    const plan = { url: point.url, form: "authzen", timeoutMs: 30_000, rememberMs: 0 } as const;
    const ask = await plannedJourney({
      document,
      backend,
      decisionPoint: createDecisionPoint({ ...plan, onFailure: "deny" } as never, undefined),
      policy: `portcullis: 1
mode: enforce
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
decisionPoints: { cedar: { url: "${point.url}", form: authzen } }
operations:
  - { match: getNote, ${rule("read")} }
  - { match: dropNote, ${rule("drop")} }
`,
    });
    const decided = async (user: string, method: string, target: string) =>
      (await ask(user, method, target)).code;
    assert.equal(await decided("ann", "GET", "/notes/n-1?tenant=blue"), undefined);
    assert.equal(await decided("ann", "DELETE", "/notes/n-1?tenant=blue"), undefined);
    assert.equal(await decided("ben", "GET", "/notes/n-1?tenant=blue"), undefined);
    assert.equal(forwarded.length, 3);
    for (const [user, method, target] of [
      ["ben", "DELETE", "/notes/n-1?tenant=blue"],
      ["cat", "GET", "/notes/n-1?tenant=blue"],
      ["ann", "GET", "/notes/n-1?tenant=red"],
      // Cedar cannot evaluate what it does not know, and permits nothing.
      ["ann", "GET", "/notes/n-2?tenant=blue"],
      ['ann" }', "GET", "/notes/n-1?tenant=blue"],
    ] as const)
      assert.equal(await decided(user, method, target), "object-not-yours", `${user} ${method}`);
    assert.equal(forwarded.length, 3);
    assert.deepEqual(point.misread, []);
  },
);
