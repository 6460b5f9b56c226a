import assert from "node:assert/strict";
import { test } from "node:test";
import { Misuse } from "../../packages/server/src/cli/terminal.ts";
import { type Asked, defineApp, found, listOf, props, type Route, type Said } from "./app.ts";
import { learn } from "./learn-of.ts";

type Person = "ann" | "ben";
const people: readonly Person[] = ["ann", "ben"];

/** An application of these routes, in which `X-Person` says who calls. */
const trap = (
  routes: readonly Route<Person>[],
  claimsOf: (person: Person) => Readonly<Record<string, unknown>>,
) =>
  defineApp<Person>({
    name: "trap",
    scheme: { type: "apiKey", in: "header", name: "X-Person" },
    userOf: ({ headers }: Asked) => people.find((one) => one === headers["x-person"]),
    reset: () => undefined,
    routes,
    signIn: (_post, person) => ({ headers: { "X-Person": person } }),
    learnAs: (person) => ({
      token: { env: person.toUpperCase() },
      credential: { header: "X-Person" },
      claims: claimsOf(person),
    }),
    environment: { ANN: "ann", BEN: "ben" },
    holes: [],
    steps: [],
    policy: "",
  });

const things = (of: (person: Person) => Readonly<Record<string, unknown>>[]): Route<Person>[] => [
  {
    at: "GET /things",
    id: "listThings",
    answer: listOf(props({})),
    say: (_asked, person) => ({ json: of(person) }),
  },
  {
    at: "GET /things/{thingId}",
    id: "getThing",
    answer: props({}),
    say: ({ params }) =>
      found(people.flatMap(of).find(({ id }) => String(id) === params["thingId"])),
  },
  { at: "DELETE /things/{thingId}", id: "dropThing", say: (): Said => ({}) },
];
const number = (person: Person): number => (person === "ann" ? 1 : 2);

/** What stands in the answers, and which of it must not be taken for an owner. */
const traps: readonly (readonly [
  what: string,
  of: (person: Person) => Readonly<Record<string, unknown>>[],
  claims: (person: Person) => Readonly<Record<string, unknown>>,
])[] = [
  [
    "a number of things that is somebody's number",
    (person) => [{ id: `t-${person}`, quantity: number(person) }],
    (person) => ({ user_id: number(person) }),
  ],
  [
    "an object whose id is somebody's number",
    (person) => [{ id: number(person), title: "x" }],
    (person) => ({ user_id: number(person) }),
  ],
  [
    "a person who stands in the things of everybody",
    (person) => [{ id: `t-${person}`, checkedBy: "ann-long" }],
    (person) => ({ sub: `${person}-long` }),
  ],
  [
    "a text that is free, and holds a name for one of the two alone",
    (person) => [{ id: `t-${person}`, title: person === "ann" ? "ann-long" : "tea" }],
    (person) => ({ sub: `${person}-long` }),
  ],
  [
    "owners who are both another's",
    () => [{ id: "t-1", ownerId: "cid" }],
    (person) => ({ sub: person }),
  ],
];

for (const [what, of, claims] of traps)
  test(`${what} is no owner`, async (context) => {
    const { fragment, left, rules } = await learn(trap(things(of), claims), context);
    assert.deepEqual(rules, [], fragment);
    assert.deepEqual(left, ["getThing", "dropThing"]);
  });

test("numbers that no claim has are noticed where tokens know people by names", async (context) => {
  const of = (person: Person) => [{ id: `t-${person}`, ownerId: 7000 + number(person) }];
  const me: Route<Person> = {
    at: "GET /me",
    id: "getMe",
    answer: props({}),
    say: (_asked, person) => ({ json: { id: 7000 + number(person) } }),
  };
  const byName = await learn(
    trap([me, ...things(of)], (person) => ({ sub: person })),
    context,
  );
  assert.deepEqual(byName.rules, []);
  assert.match(byName.notes.join(), /getMe \/id, which no claim of their tokens says/);
  const claims = (person: Person) => ({ sub: person, number: 7000 + number(person) });
  const byNumber = await learn(trap([me, ...things(of)], claims), context);
  assert.deepEqual(byNumber.notes, []);
  assert.equal(
    byNumber.rules.find(({ operation }) => operation === "dropThing")?.owner,
    "{ lookup: getThing, response: /ownerId, is: token.number }",
  );
});

test("no more is asked than was allowed, and a backend that is asked too much is left alone for a while", async (context) => {
  let refused = 0;
  const many = (person: Person) =>
    Array.from({ length: 50 }, (_, index) => ({ id: `${person}-${index}`, ownerId: person }));
  const slow: Route<Person> = {
    at: "GET /slow",
    id: "slow",
    say: () => (refused++ === 0 ? { status: 429, headers: { "Retry-After": "0" } } : { json: {} }),
  };
  const app = trap([slow, ...things(many)], (person) => ({ sub: person }));
  const all = await learn(app, context);
  assert.ok(all.rules.length >= 2 && all.reached.length < 25, String(all.reached.length));
  assert.equal(all.reached.filter((at) => at === "GET /slow").length, 3);
  const few = await learn(app, context, { requests: "3" });
  assert.ok(few.reached.length <= 4);
});

test("two files of one person, and a credential that says nothing, are misuse", async (context) => {
  const of = (person: Person) => [{ id: `t-${person}`, ownerId: person }];
  await assert.rejects(
    learn(
      trap(things(of), () => ({ sub: "ann" })),
      context,
    ),
    Misuse,
  );
  await assert.rejects(
    learn(
      trap(things(of), () => ({})),
      context,
    ),
    Misuse,
  );
});
