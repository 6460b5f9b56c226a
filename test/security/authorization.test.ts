import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Upstream } from "@portcullis/guard/upstream";
import { type Ask, type Got, plannedJourney } from "./planned-journey.ts";

const kinds = 50;
const objectsPerKind = 40;
const users = 20;

const userOf = (kind: number, object: number): string => `u${(kind * 7 + object * 3) % users}`;
const tenantOf = (user: string): string => (Number(user.slice(1)) % 2 === 0 ? "t-even" : "t-odd");
/** Odd kinds belong to a tenant, even ones to a user. */
const owns = (user: string, kind: number, object: number): boolean =>
  kind % 2 === 0
    ? userOf(kind, object) === user
    : tenantOf(userOf(kind, object)) === tenantOf(user);

function documentText(): string {
  const paths = Array.from(
    { length: kinds },
    (_, kind) => `
  /k${kind}/{objectId}:
    parameters: [{ name: objectId, in: path, required: true, schema: { type: string } }]
    get: { operationId: get${kind}, responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } } } }
    put: { operationId: put${kind}, requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string } } } } } }, responses: { "200": { description: ok } } }
  /k${kind}:
    get: { operationId: list${kind}, responses: { "200": { description: ok, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Thing" } } } } } } }
  /k${kind}-bundles:
    post: { operationId: bundle${kind}, requestBody: { required: true, content: { application/json: { schema: { type: object, properties: { ids: { type: array, items: { type: string } } } } } } }, responses: { "200": { description: ok } } }`,
  );
  return `openapi: 3.1.0
info: { title: Generated, version: v1 }
security: [{ token: [] }]
paths:${paths.join("")}
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas: { Thing: { type: object, properties: { id: { type: string }, owner: { type: string }, tenant: { type: string }, name: { type: string } } } }
`;
}

function policyText(): string {
  const entries = Array.from({ length: kinds }, (_, kind) => {
    const [pointer, is] = kind % 2 === 0 ? ["owner", "token.sub"] : ["tenant", "token.tenant"];
    return `
  - { match: get${kind}, owner: { response: /${pointer}, is: ${is} } }
  - { match: put${kind}, owner: { lookup: get${kind}, response: /${pointer}, is: ${is} } }
  - { match: list${kind}, owner: { response: /*/${pointer}, is: ${is}, foreign: filter } }
  - { match: bundle${kind}, owner: { lookup: get${kind}, with: { objectId: /ids/* }, response: /${pointer}, is: ${is} } }`;
  });
  return `portcullis: 1
mode: enforce
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:${entries.join("")}
`;
}

/** The backend has no idea who may do what. */
let written = 0;
/** How the backend answers, whatever it was asked for. */
let packing: "plain" | "gzip" | "bomb" | "unknown coding" | "broken" | "in parts" = "plain";
const thing = (kind: number, object: number) => ({
  id: String(object),
  owner: userOf(kind, object),
  tenant: tenantOf(userOf(kind, object)),
  name: "n",
});
const backend: Upstream = {
  forward(request, receiver) {
    const [, kindText = "", objectText] = request.target.split("/");
    const kind = Number(/^k(\d+)/.exec(kindText)?.[1]);
    if (request.method !== "GET") written += 1;
    const answer = answerTo(request.method, kind, objectText);
    const bytes = Buffer.from(JSON.stringify(answer ?? {}));
    const coding = { gzip: "gzip", bomb: "gzip", "unknown coding": "lzma" }[packing as string];
    const part =
      packing === "in parts" && request.headers.some((name) => name.toLowerCase() === "range");
    receiver.onHead(answer === undefined ? 404 : part ? 206 : 200, [
      "Content-Type",
      "application/json",
      ...(coding === undefined ? [] : ["Content-Encoding", coding]),
    ]);
    receiver.onData(packed(bytes, part));
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};

/** Undefined where there is no such object. */
function answerTo(method: string, kind: number, object: string | undefined): unknown {
  if (object !== undefined)
    return Number(object) < objectsPerKind ? thing(kind, Number(object)) : undefined;
  return method === "GET"
    ? Array.from({ length: objectsPerKind }, (_, each) => thing(kind, each))
    : thing(kind, 0);
}

function packed(bytes: Buffer, part: boolean): Buffer {
  if (packing === "gzip") return gzipSync(bytes);
  if (packing === "bomb") return gzipSync(Buffer.alloc(50_000_000, 0x20));
  if (packing === "broken") return Buffer.from(`${bytes.toString()}]`);
  return part ? bytes.subarray(1) : bytes;
}

const ask: Ask = await plannedJourney({
  document: documentText(),
  policy: policyText(),
  backend,
  claimsOf: (user) => ({ tenant: tenantOf(user) }),
});

/** A small generator that says the same on every run. */
function sequence(seed: number): (below: number) => number {
  let at = seed;
  return (below) => {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
    return (at >>> 8) % below;
  };
}

const objects = Array.from({ length: objectsPerKind }, (_, object) => object);
const objectsOf = (user: string, kind: number): number[] =>
  objects.filter((object) => owns(user, kind, object));

/** Names the object in one of the ways: changed, in a bundle, else read. */
function askFor(user: string, kind: number, object: number, way: number): Promise<Got> {
  if (way === 0) return ask(user, "PUT", `/k${kind}/${object}`, { name: "x" });
  if (way === 1) return ask(user, "POST", `/k${kind}-bundles`, { ids: [String(object)] });
  return ask(user, "GET", `/k${kind}/${object}`);
}

test("of two hundred thousand requests across 200 operations, every foreign one is refused and no own one", async () => {
  const random = sequence(42);
  const wrong: string[] = [];
  let own = 0;
  let foreign = 0;
  for (let count = 0; count < 200_000; count += 1) {
    const user = `u${random(users)}`;
    const kind = random(kinds);
    const known = count % 2 === 0 ? objectsOf(user, kind) : [];
    const object =
      known.length > 0 ? (known[random(known.length)] as number) : random(objectsPerKind);
    const mine = owns(user, kind, object);
    if (mine) own += 1;
    else foreign += 1;
    const way = random(20);
    const before = written;
    const got = await askFor(user, kind, object, way);
    if (mine !== (got.status === 200))
      wrong.push(`${user} ${way} k${kind}/${object}: ${got.status} ${got.code}`);
    if (!mine && (written !== before || got.body.includes('"owner"')))
      wrong.push(`${user} ${way} k${kind}/${object}: reached`);
  }
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.ok(own > 80_000 && foreign > 50_000, `${own} own, ${foreign} foreign`);
});

test("one foreign id among many, twice the same, absent ones and ids in odd forms do not pass", async () => {
  const own = objectsOf("u0", 0);
  const foreign = objects.find((object) => !owns("u0", 0, object));
  const bundle = async (ids: unknown): Promise<number> =>
    (await ask("u0", "POST", "/k0-bundles", { ids })).status;
  assert.equal(await bundle(own.map(String)), 200);
  assert.equal(await bundle(Array.from({ length: 200 }, () => String(own[0]))), 200);
  const before = written;
  assert.equal(await bundle([...own.map(String), String(foreign)]), 404);
  assert.equal(await bundle([String(foreign), String(foreign)]), 404);
  assert.equal(await bundle(["999"]), 404);
  assert.equal(await bundle([]), 404);
  for (const ids of [
    ["../k0/1"],
    ["0/../1"],
    ["."],
    [".."],
    [""],
    ["0?x=1"],
    ["0#"],
    ["0%2f1"],
    ["*"],
    ["-1"],
    [" 0"],
  ])
    assert.equal(await bundle(ids), 404, JSON.stringify(ids));
  assert.equal(await bundle(Array.from({ length: 21 }, (_, index) => `many-${index}`)), 400);
  assert.equal(await bundle([Number(own[0])]), 400);
  assert.equal(await bundle(null), 400);
  assert.equal((await ask("u0", "POST", "/k0-bundles", {})).status, 404);
  assert.equal(written, before);
});

test("a list is cut to the caller's own, and the record says how much was taken", async () => {
  const got = await ask("u3", "GET", "/k4");
  const items = JSON.parse(got.body) as { id: string; owner: string }[];
  assert.ok(items.length > 0 && items.length < objectsPerKind);
  assert.ok(items.every((item) => item.owner === "u3"));
});

test("what is another's cannot be told from what is absent, by GET or HEAD", async () => {
  const object = Array.from({ length: objectsPerKind }, (_, index) => index).find(
    (index) => !owns("u0", 0, index),
  );
  const same = (got: Got): unknown => [
    got.status,
    { ...(got.body === "" ? {} : (JSON.parse(got.body) as object)), traceId: "" },
  ];
  for (const method of ["GET", "HEAD"])
    assert.deepEqual(
      same(await ask("u0", method, `/k0/${object}`)),
      same(await ask("u0", method, "/k0/999")),
    );
  assert.deepEqual(
    same(await ask("u0", "PUT", `/k0/${object}`, { name: "x" })),
    same(await ask("u0", "PUT", "/k0/999", { name: "x" })),
  );
});

test("an answer that comes packed, in parts or broken shows nothing of another, though plain and whole bytes were asked for", async () => {
  const foreign = Array.from({ length: objectsPerKind }, (_, index) => index).find(
    (index) => !owns("u3", 4, index),
  );
  const own = Array.from({ length: objectsPerKind }, (_, index) => index).find((index) =>
    owns("u3", 4, index),
  );
  try {
    for (const [way, ownStatus] of [
      ["gzip", 200],
      ["in parts", 200],
      ["bomb", 404],
      ["unknown coding", 404],
      ["broken", 404],
    ] as const) {
      packing = way;
      const range = ["Range", "bytes=1-"];
      assert.equal((await ask("u3", "GET", `/k4/${foreign}`, undefined, range)).status, 404, way);
      assert.equal((await ask("u3", "GET", `/k4/${own}`, undefined, range)).status, ownStatus, way);
      const list = await ask("u3", "GET", "/k4", undefined, range);
      assert.equal(list.status, ownStatus, way);
      if (list.status === 200)
        assert.ok(
          (JSON.parse(list.body) as { owner: string }[]).every((item) => item.owner === "u3"),
          way,
        );
    }
  } finally {
    packing = "plain";
  }
});
