import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalImpersonations } from "@portcullis/guard/state";
import { acting, bank, byHeader, hasAsked, people, policyOf } from "./acting-bank.ts";
import type { Got } from "./planned-journey.ts";

test("support staff see what is the customer's, the backend is told of both, and so is the record", async () => {
  const { ask, sent, told } = await bank(policyOf(byHeader));
  const own = await ask("sam", "GET", "/accounts/ann-1");
  assert.equal(own.code, "object-not-yours", "in their own name they see nobody's");
  const got = await ask("sam", "GET", "/accounts/ann-1", undefined, acting("ann"));
  assert.equal(got.status, 200);
  assert.equal(hasAsked(sent()), false);
  const { act, acr, client_id, roles, sub, tier } = told();
  assert.deepEqual(
    { act, acr, client_id, roles, sub, tier },
    {
      sub: "ann",
      act: { sub: "sam", source: "issuer", client_id: "desk" },
      acr: "mfa",
      client_id: "desk",
      roles: ["customer"],
      tier: "gold",
    },
  );
  assert.deepEqual(got.record?.acting, {
    actor: "sam",
    subject: "ann",
    reason: "INC-1: lost card",
    session: "local-1",
  });
  const other = await ask("sam", "GET", "/accounts/ben-1", undefined, acting("ann"));
  assert.equal(other.code, "object-not-yours");
  assert.equal(other.record?.acting?.actor, "sam");
});

test("a token that says who acts makes its subject the caller, with whom it names beside", async () => {
  const { ask, told } = await bank(policyOf(`${byHeader}, tokens: { clients: [desk] }`), {
    other: { ...people["exchanged"], client_id: "shop" },
    chained: { sub: "ann", act: { sub: "sam", act: { sub: "joe" } }, client_id: "desk" },
    foreign: { sub: "ann", act: { sub: "sam", iss: "https://else.example" }, client_id: "desk" },
    self: { sub: "ann", act: { sub: "ann" }, client_id: "desk" },
    unnamed: { sub: "ann", act: {}, client_id: "desk" },
    text: { sub: "ann", act: "sam", client_id: "desk" },
  });
  const why = ["Acting-Reason", "INC-2"];
  const got = await ask("exchanged", "GET", "/accounts/ann-1", undefined, why);
  assert.equal(got.status, 200);
  assert.equal(told()["sub"], "ann");
  assert.deepEqual(told()["act"], { sub: "sam", source: "issuer", client_id: "desk" });
  assert.equal(got.record?.acting?.actor, "sam");
  const rows: readonly (readonly [user: string, headers: readonly string[], code: string])[] = [
    ["exchanged", [], "impersonation-malformed"],
    ["exchanged", acting("ben"), "impersonation-malformed"],
    ["exchanged", ["Acting_For", "ben", ...why], "impersonation-malformed"],
    ["other", why, "impersonation-refused"],
    ["chained", why, "impersonation-refused"],
    ["foreign", why, "impersonation-refused"],
    ["unnamed", why, "impersonation-refused"],
    ["text", why, "impersonation-refused"],
    ["self", why, "impersonation-subject-refused"],
  ];
  for (const [user, headers, code] of rows)
    assert.equal(
      (await ask(user, "GET", "/accounts/ann-1", undefined, headers)).code,
      code,
      `${user} ${headers.join(" ")}`,
    );
});

/** What nobody may do: who asks, by which fields, and how it is refused. */
const refused: readonly (readonly [
  what: string,
  user: string,
  headers: readonly string[],
  code: string,
  status: number,
])[] = [
  ["without the role", "eve", acting("ann"), "impersonation-refused", 403],
  ["without the role, nobody's name", "eve", acting(""), "impersonation-refused", 403],
  ["an administrator", "sam", acting("root"), "impersonation-subject-refused", 403],
  ["an administrator, by one", "adam", acting("root"), "impersonation-subject-refused", 403],
  ["other staff", "sam", acting("joe"), "impersonation-subject-refused", 403],
  ["oneself", "sam", acting("sam"), "impersonation-subject-refused", 403],
  ["nobody there", "sam", acting("zoe"), "impersonation-subject-refused", 403],
  ["another by an alias", "sam", acting("me"), "impersonation-subject-refused", 403],
  ["a path", "sam", acting(".."), "impersonation-subject-refused", 403],
  ["a longer path", "sam", acting("ann/../root"), "impersonation-subject-refused", 403],
  ["whom the backend cannot tell", "sam", acting("slow"), "impersonation-unavailable", 503],
  ["what is no person", "sam", acting("lame"), "impersonation-subject-refused", 403],
  ["another source's", "sam", acting("partners/ann"), "impersonation-subject-refused", 403],
  ["two names", "sam", [...acting("ann"), "Acting-For", "ben"], "impersonation-malformed", 400],
  [
    "another spelling",
    "sam",
    ["Acting_For", "ann", "Acting-Reason", "x"],
    "impersonation-malformed",
    400,
  ],
  ["another spelling alone", "sam", ["acting.for", "ann"], "impersonation-malformed", 400],
  [
    "another spelling, without the role",
    "eve",
    ["Acting_For", "ann"],
    "impersonation-refused",
    403,
  ],
  ["two names in one", "sam", acting("ann, ben"), "impersonation-malformed", 400],
  [
    "the same name twice",
    "sam",
    [...acting("ann"), "acting-for", "ann"],
    "impersonation-malformed",
    400,
  ],
  ["two reasons", "sam", [...acting("ann"), "Acting-Reason", "x"], "impersonation-malformed", 400],
  ["no reason", "sam", ["Acting-For", "ann"], "impersonation-malformed", 400],
  ["a reason and no name", "sam", ["Acting-Reason", "x"], "impersonation-malformed", 400],
  ["an empty name", "sam", acting(""), "impersonation-malformed", 400],
  ["a name of 10^5 letters", "sam", acting("a".repeat(100_000)), "impersonation-malformed", 400],
  ["an empty reason", "sam", acting("ann", ""), "impersonation-malformed", 400],
  ["a reason of blanks", "sam", acting("ann", "  \t "), "impersonation-malformed", 400],
  [
    "a reason of 10^5 letters",
    "sam",
    acting("ann", "a".repeat(100_000)),
    "impersonation-malformed",
    400,
  ],
  [
    "a reason of two lines",
    "sam",
    acting("ann", "a\r\nX-Admin: 1"),
    "impersonation-malformed",
    400,
  ],
  [
    "a reason that is read backwards",
    "sam",
    acting("ann", Buffer.from("a\u202eb").toString("latin1")),
    "impersonation-malformed",
    400,
  ],
  ["a reason that is no text", "sam", acting("ann", "\xff\xfe"), "impersonation-malformed", 400],
  [
    "a token with act where only a header is named",
    "exchanged",
    ["Acting-Reason", "x"],
    "impersonation-refused",
    403,
  ],
];

test("who may not, whom nobody may act for, and what cannot be read is refused by its own name", async () => {
  const sessions = new LocalImpersonations();
  const { ask, sent } = await bank(policyOf(byHeader), {}, [], sessions);
  for (const [what, user, headers, code, status] of refused) {
    const got = await ask(user, "GET", "/accounts/sam-1", undefined, headers);
    assert.equal(got.code, code, what);
    assert.equal(got.status, status, what);
    assert.equal(got.record?.acting, undefined, what);
    const [, subject = "", , reason = ""] = headers;
    assert.equal(sessions.find({ actor: user, subject, reason }), undefined, what);
    assert.equal(hasAsked(sent()), false, what);
  }
});

test("where it is only observed, who may not goes on in its own name, and the backend sees no field", async () => {
  const observed = policyOf(byHeader).replace(
    "headers: off",
    "headers: off, impersonation: observe",
  );
  const { ask, sent, told } = await bank(observed);
  for (const [what, user, headers, code] of refused) {
    const self = user === "exchanged" ? "ann" : user;
    const got = await ask(user, "GET", `/accounts/${self}-1`, undefined, headers);
    assert.equal(got.status, 200, what);
    assert.deepEqual(got.decisions, [`${code} observe`], what);
    assert.equal(told()["sub"], self, what);
    assert.equal("act" in told(), false, what);
    assert.equal(hasAsked(sent()), false, what);
  }
  assert.equal((await ask("sam", "GET", "/accounts/ann-1", undefined, acting("ann"))).status, 200);
});

test("who acts is over with its reason: the time passes, and only another reason begins anew", async () => {
  const { ask, clock } = await bank(policyOf(`${byHeader}, for: 5m, most: 2`));
  const code = async (reason: string): Promise<string | undefined> =>
    (await ask("sam", "GET", "/accounts/ann-1", undefined, acting("ann", reason))).code;
  assert.equal(await code("INC-1"), undefined);
  clock.aheadMs = 299_000;
  assert.equal(await code("INC-1"), undefined);
  clock.aheadMs = 300_000;
  assert.equal(await code("INC-1"), "impersonation-ended");
  assert.equal(await code("INC-2"), undefined);
  assert.equal(await code("INC-3"), "impersonation-refused", "two sessions a day are the most");
  assert.equal(await code("INC-2"), undefined, "one that has begun goes on");
});

test("whoever tries names is stopped for a while, and what has begun goes on", async () => {
  const { ask, clock, sent } = await bank(policyOf(byHeader));
  const code = async (name: string): Promise<string | undefined> =>
    (await ask("sam", "GET", "/accounts/ann-1", undefined, acting(name))).code;
  assert.equal(await code("ann"), undefined);
  const before = Math.ceil(Date.now() / 60_000) * 60_000;
  clock.aheadMs = before - Date.now();
  for (let count = 0; count < 30; count += 1)
    assert.equal(await code(`zoe${count}`), "impersonation-subject-refused");
  const last = sent();
  assert.equal(await code("zoe30"), "impersonation-refused");
  assert.equal(await code("ben"), "impersonation-refused", "whoever it is about");
  assert.equal(sent(), last, "the backend is not asked");
  clock.aheadMs += 60_000;
  assert.equal(await code("ben"), "object-not-yours");
  assert.equal(await code("ann"), undefined);
});

test("whoever was revoked acts for nobody, and nobody acts for who was revoked meanwhile", async () => {
  const revoked = (value: string) => ({
    kind: "subject" as const,
    value,
    beforeSeconds: undefined,
    leastVersion: undefined,
    expiresAtSeconds: Math.floor(Date.now() / 1000) + 600,
  });
  const { ask, revocations } = await bank(policyOf(`${byHeader}, tokens: {}`));
  const asked = (name: string, user = "sam"): Promise<Got> =>
    ask(user, "GET", `/accounts/${name}-1`, undefined, acting(name));
  assert.equal((await asked("ann")).status, 200);
  assert.equal((await asked("ben")).status, 200);
  revocations.add([revoked("ann")]);
  assert.equal((await asked("ann")).code, "impersonation-subject-refused");
  assert.equal((await asked("ben")).status, 200);
  revocations.add([revoked("sam")]);
  assert.equal((await asked("ben")).code, "token-revoked");
  const fresh = await bank(policyOf("tokens: {}"));
  fresh.revocations.add([revoked("sam")]);
  const told = await fresh.ask("exchanged", "GET", "/accounts/ann-1", undefined, [
    "Acting-Reason",
    "x",
  ]);
  assert.equal(told.code, "impersonation-refused", "a token for ann does not outlive who acts");
});
