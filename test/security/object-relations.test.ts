import assert from "node:assert/strict";
import { test } from "node:test";
import { answering } from "./answering.ts";
import { plannedJourney } from "./planned-journey.ts";

const parameters = "parameters: [{ name: id, in: path, required: true, schema: { type: string } }]";
const ok = 'responses: { "200": { description: ok } }';
const document = `openapi: 3.1.0
info: { title: Relations, version: v1 }
security: [{ token: [] }]
paths:
  /things/{id}:
    ${parameters}
    get: { operationId: getThing, ${ok} }
    put: { operationId: putThing, ${ok} }
    delete: { operationId: dropThing, ${ok} }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;

/** Whether ann (or who is named) gets the thing that is built so, under this rule. */
async function table(
  rule: string,
  rows: readonly (readonly [
    thing: unknown,
    passes: boolean,
    method?: string,
    user?: string,
    mode?: string,
  ])[],
): Promise<void> {
  for (const [thing, passes, method = "GET", user = "ann", mode = "enforce"] of rows) {
    const reached: string[] = [];
    const ask = await plannedJourney({
      document,
      policy: `portcullis: 1
mode: { default: enforce, ownership: ${mode}, response: off, request: off, disclosure: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations: [{ match: { method: [${/^(PUT|DELETE)$/.test(method) ? method : "GET"}] }, owner: ${rule} }]
`,
      backend: answering((sent) => {
        reached.push(sent);
        return { json: thing };
      }),
      claimsOf: (one) => ({
        orgs: one === "ben" ? [] : ["red", "blue", 7],
        org: "red",
        roles: one === "sue" ? ["editor"] : [],
        sub: one === "seven" ? "7" : one,
      }),
    });
    const { code, status } = await ask(user, method, "/things/t-1");
    const what = `${rule} ${JSON.stringify(thing)} ${method} ${user}`;
    assert.equal(status, passes ? 200 : 404, what);
    if (!passes) assert.equal(code, "object-not-yours", what);
    if (!passes) assert.ok(!reached.includes("PUT") && !reached.includes("DELETE"), what);
  }
}

const members = (...users: unknown[]): unknown => ({
  members: users.map((userId) => ({ userId })),
});

test("one of those whom an answer names is enough where the rule says some, and nobody is one of none", async () => {
  await table("{ response: '/members/*/userId', some: true, is: token.sub }", [
    [members("ann"), true],
    [members("ben", "ann", "cid"), true],
    [members(null, {}, "ann"), true],
    [members("ben", "cid"), false],
    [members(), false],
    [members("an", "ann ", "Ann"), false],
    [{ members: null }, false],
    [{ members: {} }, false],
    [{ members: "ann" }, false],
    [{ members: { 0: { userId: "ann" } } }, false],
    [{ members: [["ann"]] }, false],
    [{}, false],
    [[], false],
    [null, false],
  ]);
  // Without it, every one must be the caller.
  await table("{ response: '/members/*/userId', is: token.sub }", [
    [members("ann", "ann"), true],
    [members("ann", "ben"), false],
  ]);
});

test("a claim that is a list owns what one of its values owns, and an empty one nothing", async () => {
  await table("{ response: /orgId, in: token.orgs }", [
    [{ orgId: "red" }, true],
    [{ orgId: "blue" }, true],
    [{ orgId: 7 }, true],
    [{ orgId: "7" }, true],
    [{ orgId: "07" }, false],
    [{ orgId: "green" }, false],
    [{ orgId: "re" }, false],
    [{ orgId: ["red"] }, false],
    [{ orgId: null }, false],
    [{}, false],
    [{ orgId: "red" }, false, "GET", "ben"],
    [{ orgId: "" }, false, "GET", "ben"],
  ]);
  await table("{ response: '/orgs/*', in: token.orgs }", [
    [{ orgs: ["red", "blue"] }, true],
    [{ orgs: ["red", "green"] }, false],
  ]);
  // A claim of one text is a list of one.
  await table("{ response: /orgId, in: token.org }", [
    [{ orgId: "red" }, true],
    [{ orgId: "r" }, false],
  ]);
});

test("what is public may be read by everybody, and changed by nobody but its owner", async () => {
  const rule =
    "{ any: [{ lookup: getThing, response: /owner }, { lookup: getThing, response: /visibility, equals: public, methods: [GET] }], is: token.sub }";
  await table(rule, [
    [{ owner: "ben", visibility: "public" }, true],
    [{ owner: "ben", visibility: "public" }, true, "HEAD"],
    [{ owner: "ben", visibility: "public" }, false, "PUT"],
    [{ owner: "ann", visibility: "public" }, true, "PUT"],
    [{ owner: "ben", visibility: "Public" }, false],
    [{ owner: "ben", visibility: ["public"] }, false],
    [{ owner: "ben" }, false],
  ]);
  await table("{ any: [{ response: /open, equals: true }], is: token.sub }", [
    [{ open: true }, true],
    [{ open: "true" }, false],
    [{ open: 1 }, false],
    [{ open: false }, false],
  ]);
});

test("numbers and texts are one id where their decimal spelling is one, and no number names two people", async () => {
  const owned = "{ response: /userId, is: token.sub }";
  await table(owned, [
    [{ userId: 7 }, true, "GET", "seven"],
    [{ userId: "7" }, true, "GET", "seven"],
    [{ userId: "07" }, false, "GET", "seven"],
    [{ userId: "7.0" }, false, "GET", "seven"],
    [{ userId: "\u{ff17}" }, false, "GET", "seven"],
    [{ userId: 7.5 }, false, "GET", "7.5"],
    // Beyond 2^53 the neighbour is read as the same number.
    [{ userId: 9007199254740992 }, false, "GET", "9007199254740992"],
    [{ userId: "9007199254740993" }, true, "GET", "9007199254740993"],
    [{ userId: "9007199254740993" }, false, "GET", "9007199254740992"],
    [{ userId: "josé" }, true, "GET", "josé"],
    [{ userId: "jose\u0301" }, false, "GET", "josé"],
  ]);
});

test("what was deleted is absent for its owner too, and what is no draft any more is not changed", async () => {
  const kept =
    "{ lookup: getThing, response: /owner, is: token.sub, except: { response: /deletedAt, present: true } }";
  await table(kept, [
    [{ owner: "ann" }, true, "PUT"],
    [{ owner: "ann", deletedAt: null }, true, "PUT"],
    [{ owner: "ann", deletedAt: "2026-01-01" }, false, "PUT"],
    [{ owner: "ann", deletedAt: 0 }, false, "PUT"],
    [{ owner: "ben" }, false, "PUT"],
  ]);
  const draft =
    "{ lookup: getThing, response: /owner, is: token.sub, when: { response: /status, equals: draft, methods: [PUT], exceptRoles: [editor] } }";
  await table(draft, [
    [{ owner: "ann", status: "draft" }, true, "PUT"],
    [{ owner: "ann", status: "sent" }, false, "PUT"],
    [{ owner: "ann" }, false, "PUT"],
    [{ owner: "ann", status: ["draft"] }, false, "PUT"],
    [{ owner: "ann", status: "sent" }, true, "DELETE"],
    [{ owner: "ben", status: "draft" }, false, "PUT"],
    [{ owner: "sue", status: "sent" }, true, "PUT", "sue"],
  ]);
});

test("a state that stands beside several ways holds for each of them", async () => {
  const state = "{ response: /deletedAt, present: true }";
  await table(
    `{ any: [{ response: /owner }, { response: '/members/*', some: true }], is: token.sub, except: ${state} }`,
    [
      [{ owner: "ann", members: [] }, true],
      [{ owner: "ben", members: ["ann"] }, true],
      [{ owner: "ann", members: [], deletedAt: "2026-01-01" }, false],
      [{ owner: "ben", members: ["ann"], deletedAt: "2026-01-01" }, false],
      [{ owner: "ben", members: [] }, false],
    ],
  );
  const looked = "{ lookup: getThing, response: /deletedAt, present: true }";
  await table(
    `{ all: [{ lookup: getThing, response: /owner }], is: token.sub, except: ${looked} }`,
    [
      [{ owner: "ann" }, true, "DELETE"],
      [{ owner: "ann", deletedAt: "2026-01-01" }, false, "DELETE"],
    ],
  );
});
