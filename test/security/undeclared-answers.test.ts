import assert from "node:assert/strict";
import { before, test } from "node:test";
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

const id = "a-777";
const thing = JSON.stringify({ id, name: "n", secret: "s-1" });
const document = `openapi: 3.1.0
info: { title: Undeclared, version: "1" }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Thing: { type: object, required: [id], properties: { id: { type: string }, name: { type: string } } }
security: [{ token: [] }]
paths:
  /things/{thingId}:
    parameters: [{ name: thingId, in: query, schema: { type: string } }, { name: thingId, in: path, required: true, schema: { type: string } }]
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
  /open/{name}:
    parameters: [{ name: name, in: path, required: true, schema: { type: string } }]
    get: { operationId: getOpen, security: [], responses: {} }
`.replace("{ name: thingId, in: query, schema: { type: string } }, ", "");

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
before(async () => {
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
});

async function ask(
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
const json = ["Content-Type", "application/json"];
const fieldOf = ({ headers }: Got, name: string): string | undefined => {
  const at = headers.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === name);
  return at === -1 ? undefined : headers[at + 1];
};

interface Row {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: string;
  /** What leaves where disclosure is enforced: a status with a problem, a shape, or nothing. */
  readonly leaves: "problem" | "shape" | "nothing" | "refusal";
}
const rows: readonly Row[] = [
  ...[201, 202, 203, 226].map(
    (status): Row => ({ status, fields: json, body: thing, leaves: "shape" }),
  ),
  { status: 200, fields: ["Content-Type", "application/hal+json"], body: thing, leaves: "shape" },
  { status: 200, fields: [], body: thing, leaves: "shape" },
  { status: 203, fields: [], body: thing, leaves: "shape" },
  { status: 200, fields: [], body: "", leaves: "nothing" },
  { status: 202, fields: [], body: "", leaves: "nothing" },
  { status: 204, fields: [], body: "", leaves: "nothing" },
  { status: 202, fields: ["Content-Length", "0"], body: "", leaves: "nothing" },
  { status: 200, fields: ["Content-Type", "text/plain"], body: thing, leaves: "refusal" },
  { status: 200, fields: ["Content-Type", "text/html"], body: thing, leaves: "refusal" },
  { status: 200, fields: ["Content-Type", "nonsense"], body: thing, leaves: "refusal" },
  { status: 200, fields: [], body: `id is ${id}, s-1`, leaves: "refusal" },
  { status: 203, fields: json, body: `[${thing}]`, leaves: "refusal" },
  { status: 203, fields: json, body: '{"secret":"s-1","name":"n"}', leaves: "refusal" },
  { status: 206, fields: json, body: thing, leaves: "refusal" },
  { status: 203, fields: json, body: "{", leaves: "refusal" },
  ...[300, 301, 302, 303, 307, 308].map(
    (status): Row => ({
      status,
      fields: ["Location", "/elsewhere", "Content-Type", "text/html"],
      body: `<a>${id} s-1</a>`,
      leaves: "nothing",
    }),
  ),
  ...[400, 401, 404, 409, 418, 422, 500, 503, 599].flatMap((status): Row[] =>
    [json, ["Content-Type", "text/html"], []].map((fields) => ({
      status,
      fields,
      body: thing,
      leaves: "problem",
    })),
  ),
  { status: 400, fields: ["Content-Length", "0"], body: "", leaves: "nothing" },
];

/** Nothing that only this API understands leaves. */
function tellsNothing(gate: string, { fields, status }: Row, got: Got, what: string): void {
  // Who only seals says nothing of properties that are not declared.
  if (gate !== "only sealed") assert.doesNotMatch(got.body, /s-1/, what);
  if (gate !== "enforced") assert.doesNotMatch(got.body, /a-777/, what);
  const isNamed = status === 200 && fields.length === 0;
  if (!isNamed) assert.equal(fieldOf(got, "x-thing"), undefined, what);
}

const leavesAs: Readonly<Record<Row["leaves"], (gate: string, row: Row, got: Got) => void>> = {
  // An answer that cannot be read does not tell whose it is, where that matters.
  refusal: (gate, _row, got) =>
    assert.ok(got.status === 502 || (gate !== "enforced" && got.status === 404)),
  nothing: (_gate, _row, got) => assert.equal(got.body, ""),
  problem(_gate, { status }, got) {
    assert.equal(fieldOf(got, "content-type"), "application/problem+json");
    const problem = JSON.parse(got.body) as Record<string, unknown>;
    assert.equal(problem["status"], status);
    assert.equal(problem["code"], "answer-undeclared");
  },
  shape(gate, _row, got) {
    const shaped = JSON.parse(got.body) as Record<string, unknown>;
    assert.equal(shaped["name"], "n");
    assert.match(fieldOf(got, "content-type") ?? "", /json/);
    if (gate === "enforced") assert.deepEqual(shaped, { id, name: "n" });
  },
};

for (const gate of ["enforced", "sealed", "only sealed"])
  test(`an answer that the document does not name leaves as its status, or as far as it fits the nearest shape (${gate})`, async () => {
    for (const row of rows) {
      const { body, fields, leaves, status } = row;
      const what = `${status} ${fields.join()} ${body}`;
      const got = await ask(gate, status, [...fields, "X-Thing", id, "Retry-After", "3"], body);
      tellsNothing(gate, row, got, what);
      leavesAs[leaves](gate, row, got);
      if (leaves === "refusal") continue;
      assert.equal(got.status, status, what);
      assert.equal(fieldOf(got, "retry-after"), "3", what);
    }
  });

test("a status that is named without its content lets no id leave unsealed", async () => {
  const target = "/bare/a-1";
  for (const gate of ["sealed", "only sealed"])
    for (const [status, fields, body, expected] of [
      [200, json, thing, 200],
      [200, [], thing, 200],
      [200, ["Content-Type", "text/plain"], thing, 502],
      [200, [], "", 200],
      [200, ["Content-Length", "0", "X-Thing", "1"], "", 200],
      [302, ["Location", "/a"], id, 302],
      [404, json, thing, 404],
      [404, ["Content-Type", "text/html"], thing, 404],
      [404, [], id, 404],
      [410, [], id, 410],
      [410, [], "", 410],
    ] as const) {
      const got = await ask(gate, status, fields, body, { target });
      const what = `${gate} ${status} ${fields.join()} ${body}`;
      assert.equal(got.status, expected, what);
      assert.doesNotMatch(got.body, /a-777/, what);
      if (fields.includes("X-Thing" as never)) assert.equal(fieldOf(got, "x-thing"), "1");
    }
  assert.equal((await ask("enforced", 200, json, thing, { target })).body, thing);
});

test("where it is only observed, it leaves as it came, and the record says what would have become of it", async () => {
  for (const { body, fields, status } of rows) {
    if (body === "") continue;
    const got = await ask("observed", status, [...fields, "X-Thing", id], body);
    const what = `${status} ${fields.join()} ${body}`;
    assert.equal(got.status, status, what);
    assert.equal(got.body, body, what);
    assert.equal(fieldOf(got, "x-thing"), id, what);
    assert.equal(got.code, undefined, what);
    const isNamed = status === 200 && fields.length === 0;
    assert.ok(
      got.decisions.some((one) => /^(answer-undeclared|response-unreadable) observe$/.test(one)) ||
        (isNamed && got.decisions.length === 0),
      `${what}: ${got.decisions.join()}`,
    );
  }
});

test("where the document is enforced too, the backend is refused as before", async () => {
  for (const status of [203, 302, 404, 500]) {
    const got = await ask("both", status, json, thing);
    assert.equal(got.status, 502);
    assert.equal(got.code, "response-undeclared");
  }
});

test("a part of what no control reads leaves in parts, and 304 and the head of it leave", async () => {
  const target = "/films/x";
  for (const type of ["video/mp4", "multipart/byteranges; boundary=b"]) {
    const part = ["Content-Type", type, "Content-Range", "bytes 0-3/9"];
    const got = await ask("both", 206, part, "film", { target });
    assert.equal(got.status, 206, type);
    assert.equal(fieldOf(got, "content-range"), "bytes 0-3/9");
  }
  assert.equal((await ask("both", 304, ["ETag", '"1"'], "", { target })).status, 304);
  const head = await ask("both", 200, [...json, "Content-Length", "99"], "", { method: "HEAD" });
  assert.equal(head.status, 200);
  // It would be the length of what is stripped.
  assert.equal(fieldOf(head, "content-length"), undefined);
});

test("what a signed-in caller is shown is kept by nobody, unless backend or policy say otherwise", async () => {
  const etag = ["ETag", '"1"'];
  const modified = ["Last-Modified", "Sat, 21 Nov 2026 00:00:00 GMT"];
  const own = ["Cache-Control", "public, max-age=5"];
  const film = { target: "/films/x" };
  const video = ["Content-Type", "video/mp4"];
  for (const [gate, status, fields, at, expected] of [
    ["enforced", 200, json, {}, "private, no-store"],
    ["enforced", 404, json, {}, "private, no-store"],
    ["enforced", 302, ["Location", "/x"], {}, "private, no-store"],
    ["enforced", 200, [...json, ...etag], {}, "private, no-cache"],
    ["enforced", 200, [...video, ...modified], film, "private, no-cache"],
    ["enforced", 304, etag, film, "private, no-cache"],
    ["enforced", 200, [...json, ...own], {}, "public, max-age=5"],
    ["observed", 200, json, {}, undefined],
    ["kept", 200, json, {}, "public, max-age=60"],
    ["kept", 200, [...json, ...own], {}, "public, max-age=60"],
    ["kept", 500, json, {}, "private, no-store"],
    ["kept", 200, video, film, undefined],
    ["kept", 200, [...video, ...own], film, "public, max-age=5"],
  ] as const) {
    const got = await ask(gate, status, fields, status === 304 ? "" : thing, at);
    assert.equal(got.status, status);
    assert.equal(fieldOf(got, "cache-control"), expected, `${gate} ${status} ${fields.join()}`);
    assert.equal(
      fieldOf(got, "x-content-type-options"),
      gate === "observed" ? undefined : "nosniff",
    );
  }
});
