import type { Upstream } from "@portcullis/guard/upstream";
import { type Ask, type Got, plannedJourney } from "./planned-journey.ts";

/** What the backend answers next. */
let next: { readonly status: number; readonly fields: readonly string[]; readonly body: string };
const backend: Upstream = {
  forward(_request, receiver) {
    receiver.onHead(next.status, [...next.fields]);
    if (next.body !== "") receiver.onData(Buffer.from(next.body));
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};

export const id = "a-777";
export const thing = JSON.stringify({ id, name: "n", secret: "s-1" });
const document = `openapi: 3.1.0
info: { title: Undeclared, version: "1" }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Thing: { type: object, required: [id], properties: { id: { type: string }, name: { type: string } } }
security: [{ token: [] }]
paths:
  /things/{thingId}:
    parameters: [{ name: thingId, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getThing
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } } }
  /bare/{thingId}:
    parameters: [{ name: thingId, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getBare
      responses: { "200": { description: ok }, "202": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } }, "404": { description: none }, "410": { description: gone, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } }, "302": { description: there } }
  /films/{name}:
    parameters: [{ name: name, in: path, required: true, schema: { type: string } }]
    get: { operationId: getFilm, responses: { "200": { description: ok, content: { video/mp4: {} } } } }
`;

const policyWith = (modes: string, operations = ""): string => `portcullis: 1
mode: { default: enforce, limit: off, binding: off, ${modes} }
apis: [{ openapi: openapi.yaml, upstream: "http://backend:4000" }]
identity: { issuer: "https://login.example", audience: x, accessToken: { binding: none } }
operations: [{ match: getFilm, maxAnswerSize: 1kB }${operations}]
`;
const sealed = `sealedIds: { thing: { parameters: [thingId], properties: [Thing/id], rawFor: { app: ">=0" } } }
sealingKeys: [{ env: KEYS }]
`;

const asks = new Map<string, Ask>();
/** Gates before the same backend, by what they enforce. */
export async function openGates(): Promise<void> {
  const make = async (name: string, policy: string): Promise<void> =>
    void asks.set(
      name,
      await plannedJourney({ backend, document, policy, sealingKey: Buffer.alloc(32, 7) }),
    );
  await make("enforced", policyWith("disclosure: enforce"));
  await make("observed", policyWith("disclosure: observe"));
  await make("both", policyWith("disclosure: enforce, response: enforce"));
  await make("sealed", policyWith("disclosure: enforce") + sealed);
  await make("only sealed", policyWith("disclosure: observe") + sealed);
  await make(
    "kept",
    policyWith(
      "disclosure: enforce",
      ", { match: getThing, cacheControl: 'public, max-age=60' }, { match: getFilm, cacheControl: backend }",
    ),
  );
}

/** Asks one of the gates, before a backend that answers so. */
export async function ask(
  gate: string,
  status: number,
  fields: readonly string[],
  body: string,
  { method = "GET", target = "/things/a-1" } = {},
): Promise<Got> {
  next = { status, fields, body };
  const app = gate.includes("sealed") ? ["Portcullis-App", "x/1.0"] : [];
  return (asks.get(gate) as Ask)("ann", method, target, undefined, app);
}
export const json = ["Content-Type", "application/json"];
export const fieldOf = ({ headers }: Got, name: string): string | undefined => {
  const at = headers.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  return at === -1 ? undefined : headers[at + 1];
};
