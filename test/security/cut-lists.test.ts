import assert from "node:assert/strict";
import { test } from "node:test";
import { answering, type Said } from "./answering.ts";
import { type Ask, type Got, plannedJourney } from "./planned-journey.ts";

const text = "{ type: string }";
const list = (extra: string): string =>
  `{ type: object, properties: { items: { type: array, items: { $ref: "#/components/schemas/Note" } }${extra} } }`;
const loose = list(
  ", total: { type: integer }, next: { type: string }, meta: { type: object, properties: { totalPages: { type: integer }, all: { type: integer } } }, hits: { type: integer }, limit: { type: integer }",
);
const strict = `{ allOf: [{ required: [items, total, next, hasMore] }, ${list(", total: { type: integer }, next: { type: [string, 'null'] }, hasMore: { type: boolean }")}] }`;
const document = `openapi: 3.1.0
info: { title: Lists, version: v1 }
security: [{ token: [] }]
paths:
  /notes:
    get:
      operationId: listNotes
      parameters: [{ name: owner, in: query, schema: ${text} }, { name: page, in: query, schema: ${text} }]
      responses: { "200": { description: ok, headers: { X-Kept: { schema: { type: integer } } }, content: { application/json: { schema: ${loose} } } } }
  /strict: { get: { operationId: listStrict, responses: { "200": { description: ok, content: { application/json: { schema: ${strict} } } } } } }
  /bare: { get: { operationId: listBare, responses: { "200": { description: ok, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Note" } } } } } } } }
  /hits: { get: { operationId: listHits, responses: { "200": { description: ok } } } }
  /nested: { get: { operationId: listNested, responses: { "200": { description: ok } } } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas: { Note: { type: object, properties: { id: ${text}, owner: ${text} } } }
`;
const policy = (foreign = "filter", mode = "enforce"): string => `portcullis: 1
mode: { default: ${mode}, disclosure: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: [listNotes, listStrict], owner: { response: /items/*/owner, is: token.sub, foreign: ${foreign}, exceptRoles: [support] } }
  - { match: listBare, owner: { response: /*/owner, is: token.sub, foreign: filter } }
  - { match: listHits, owner: { response: /hits/hits/*/owner, is: token.sub, foreign: filter } }
  - { match: listNested, owner: { response: /data/found/*/owner, is: token.sub, foreign: filter } }
`;

let said: Said = {};
const open = (written: string): Promise<Ask> =>
  plannedJourney({
    document,
    policy: written,
    backend: answering(() => said),
    claimsOf: (user) => (user === "sue" ? { roles: ["support"] } : {}),
  });
const ask = await open(policy());

const note = (index: number): { id: string; owner: string } => ({
  id: `n-${index}`,
  owner: index < 6 ? "ann" : "ben",
});
const notes = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => note(index));
const bodyOf = (got: Got): Record<string, unknown> => JSON.parse(got.body) as never;
const headersOf = ({ headers }: Got): Record<string, string> =>
  Object.fromEntries(
    headers.flatMap((name, index) =>
      index % 2 === 0 ? [[name.toLowerCase(), headers[index + 1] as string]] : [],
    ),
  );

test("a whole list that was cut says the number that is shown, in every name under which numbers are told", async () => {
  said = {
    json: { total: 17, items: notes(17), count: "17", meta: { total_count: 17, totalPages: 1 } },
    headers: ["X-Total-Count", "17", "X-Kept", "17"],
  };
  const got = await ask("ann", "GET", "/notes");
  const { items, ...rest } = bodyOf(got);
  assert.equal((items as unknown[]).length, 6);
  assert.deepEqual(rest, { total: 6, count: "6", meta: { total_count: 6, totalPages: 1 } });
  assert.equal(headersOf(got)["x-total-count"], "6");
  assert.deepEqual(bodyOf(await ask("ben", "GET", "/notes"))["total"], 11);
});

test("of a part of a list, nothing tells how much there is of others, or where", async () => {
  said = {
    json: {
      total: 1700,
      items: notes(17),
      next: "/notes?page=2",
      limit: 17,
      "@odata.count": 1700,
      meta: { totalPages: 100, pagination: { lastPage: 100, hasNextPage: true, nextCursor: "x" } },
      _links: { self: { href: "/notes" }, next: { href: "/notes?page=2" } },
    },
    headers: [
      "X-Total-Count",
      "1700",
      "X-WP-TotalPages",
      "100",
      "Content-Range",
      "items 0-16/1700",
      "Link",
      '</notes?page=2>; rel="next", </notes>; rel=self, </notes?page=100>; rel="last"',
    ],
  };
  const got = await ask("ann", "GET", "/notes");
  const { items, ...rest } = bodyOf(got);
  assert.equal((items as unknown[]).length, 6);
  assert.deepEqual(rest, {
    limit: 17,
    meta: { pagination: {} },
    _links: { self: { href: "/notes" } },
  });
  const headers = headersOf(got);
  for (const name of ["x-total-count", "x-wp-totalpages", "content-range"])
    assert.equal(headers[name], undefined, name);
  assert.equal(headers["link"], "</notes>; rel=self");
});

test("a page on which everything is the caller's tells no more of the pages behind it", async () => {
  said = {
    json: { total: 17, items: notes(6), next: "/notes?page=2" },
    headers: ["X-Total", "17"],
  };
  const got = await ask("ann", "GET", "/notes");
  assert.deepEqual(bodyOf(got), { items: notes(6) });
  assert.equal(headersOf(got)["x-total"], undefined);
});

test("what the document requires stays, and says what is shown", async () => {
  said = { json: { total: 1700, items: notes(17), next: "/strict?page=2", hasMore: true } };
  const got = await ask("ann", "GET", "/strict");
  assert.equal(got.status, 200);
  assert.deepEqual(bodyOf(got), { total: 6, items: notes(6), next: null, hasMore: false });
});

test("a list that is the whole answer, and one that stands deeper, are told of by the fields and objects around them", async () => {
  said = { json: notes(17), headers: ["X-Total-Count", "17", "X-Page-Count", "9"] };
  const bare = await ask("ann", "GET", "/bare");
  assert.equal((JSON.parse(bare.body) as unknown[]).length, 6);
  assert.equal(headersOf(bare)["x-total-count"], "6");
  assert.equal(headersOf(bare)["x-page-count"], undefined);
  said = { json: { total: 17, data: { found: notes(17), totalHits: 40 }, page: { size: 17 } } };
  assert.deepEqual(bodyOf(await ask("ann", "GET", "/nested")), {
    total: 6,
    data: { found: notes(6) },
    page: { size: 17 },
  });
  said = { json: { hits: { total: { value: 17 }, hits: notes(17) }, took: 3 } };
  assert.deepEqual(bodyOf(await ask("ann", "GET", "/hits")), {
    hits: { total: { value: 6 }, hits: notes(6) },
    took: 3,
  });
  said = { json: { hits: { total: 17, hits: notes(17) } } };
  assert.deepEqual(bodyOf(await ask("ann", "GET", "/hits")), {
    hits: { total: 6, hits: notes(6) },
  });
});

test("the policy names what else tells of a list, and what stays", async () => {
  const own = await open(
    policy("{ filter: true, totals: [/hits, /stats/seen, X-Kept], keep: [/next, link] }"),
  );
  said = {
    json: { hits: 90, stats: { seen: 17, since: 4 }, total: 90, items: notes(17), next: "/n" },
    headers: ["X-Kept", "90", "Link", '</n>; rel="next"'],
  };
  const got = await own("ann", "GET", "/notes");
  const { items, ...rest } = bodyOf(got);
  assert.equal((items as unknown[]).length, 6);
  assert.deepEqual(rest, { stats: { seen: 6, since: 4 }, next: "/n" });
  assert.equal(headersOf(got)["x-kept"], undefined);
  assert.equal(headersOf(got)["link"], '</n>; rel="next"');
});

test("who asks for another owner's elements is refused, in every spelling of the parameter", async () => {
  said = { json: { total: 11, items: [] } };
  for (const query of ["owner=ben", "owner=ann&owner=ben", "Owner=ben", "owner%5B%5D=ben"]) {
    const got = await ask("ann", "GET", `/notes?${query}`);
    assert.ok(got.status === 404 || got.status === 400, `${query}: ${got.status}`);
    assert.equal(got.body.includes("total"), false);
  }
  assert.equal((await ask("ann", "GET", "/notes?owner=ben")).code, "object-not-yours");
  assert.equal((await ask("ann", "GET", "/notes?owner=ann")).status, 200);
  assert.equal((await ask("sue", "GET", "/notes?owner=ben")).status, 200, "exceptRoles");
});

test("HEAD tells no more than GET, and an answer of another form than the rule's is nobody's", async () => {
  said = { json: { total: 17, items: notes(17) }, headers: ["X-Total-Count", "17"] };
  assert.equal(headersOf(await ask("ann", "HEAD", "/bare"))["x-total-count"], undefined);
  said = { json: notes(17), headers: ["X-Total-Count", "17"] };
  assert.equal(headersOf(await ask("ann", "HEAD", "/bare"))["x-total-count"], "6");
  for (const json of [notes(3), { results: notes(3) }, { items: { 0: note(9) } }]) {
    said = { json };
    assert.equal((await ask("ann", "GET", "/notes")).status, 404, JSON.stringify(json));
  }
  for (const json of [{}, { items: null }]) {
    said = { json };
    assert.equal((await ask("ann", "GET", "/notes")).status, 200, JSON.stringify(json));
  }
});

test("where ownership is only observed, and for roles that may see all, the answer leaves as it came", async () => {
  said = { json: { total: 17, items: notes(17) }, headers: ["X-Total-Count", "17"] };
  const observing = await open(policy("filter", "observe"));
  for (const got of [await observing("ann", "GET", "/notes"), await ask("sue", "GET", "/notes")]) {
    assert.deepEqual(bodyOf(got), said.json);
    assert.equal(headersOf(got)["x-total-count"], "17");
  }
});

test("numbers that a double does not keep are cut and counted with the rest", async () => {
  const big = '{"total":17,"sum":12345678901234567890,"items":[';
  said = { json: { total: 17, items: notes(17) } };
  const raw = await plannedJourney({
    document,
    policy: policy(),
    backend: {
      forward(_request, receiver) {
        receiver.onHead(200, ["Content-Type", "application/json"]);
        receiver.onData(
          Buffer.from(
            `${big}${notes(17)
              .map((one) => JSON.stringify(one))
              .join(",")}]}`,
          ),
        );
        receiver.onEnd([]);
        return { resume: () => undefined, abort: () => undefined };
      },
    },
  });
  const { body } = await raw("ann", "GET", "/notes");
  assert.match(body, /^\{"total":6,"sum":12345678901234567890,"items":\[/);
});
