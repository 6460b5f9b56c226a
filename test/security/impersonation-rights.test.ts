import assert from "node:assert/strict";
import { test } from "node:test";
import { type Grant, LocalImpersonations } from "@portcullis/guard/state";
import { acting, bank, byHeader, hasAsked, policyOf } from "./acting-bank.ts";

const asAnn = acting("ann");

test("what only the very person may do is closed to who acts for it, and the rest is open", async () => {
  const { ask } = await bank(policyOf(byHeader));
  const rows: readonly (readonly [method: string, target: string, body: object, code?: string])[] =
    [
      ["PATCH", "/accounts/ann-1", { name: "x" }],
      ["POST", "/letters", { text: "x" }],
      ["POST", "/payments", { amount: 1 }, "impersonation-operation-refused"],
      ["POST", "/password-resets", { to: "x" }, "impersonation-operation-refused"],
      ["PUT", "/settings", { newPassword: "x" }, "impersonation-operation-refused"],
      ["PATCH", "/customers/ann", { name: "x" }, "impersonation-operation-refused"],
    ];
  for (const [method, target, body, code] of rows) {
    const got = await ask("sam", method, target, body, asAnn);
    assert.equal(got.code, code, `${method} ${target}`);
  }
  const own = await ask("sam", "POST", "/payments", { amount: 1 });
  assert.equal(own.code, undefined, "in their own name nothing is closed by this");
});

test("the policy opens and closes operations to who acts, by match", async () => {
  const more = `
  - { match: { method: POST }, impersonation: refused }
  - { match: pay, impersonation: allowed }
`;
  const { ask } = await bank(policyOf(byHeader) + more.trimStart().replace(/^/, "  "));
  const code = async (target: string, body: object): Promise<string | undefined> =>
    (await ask("sam", "POST", target, body, asAnn)).code;
  assert.equal(await code("/letters", { text: "x" }), "impersonation-operation-refused");
  assert.equal(await code("/payments", { amount: 1 }), undefined, "by the actor's own sign-in");
  assert.equal(
    (await ask("lax", "POST", "/payments", { amount: 1 }, asAnn)).code,
    "impersonation-refused",
  );
});

test("who acts has the person's rights at the most, and of these no more than are left", async () => {
  const roles =
    "roles: { customer: ['letters:write', 'accounts:read'], support: ['all'], admin: [] }";
  const allow = (scope: string): string =>
    `  - { match: writeLetter, allow: { scopes: ['${scope}'] } }\n`;
  const code = async (rest: string, scope: string, user = "sam"): Promise<string | undefined> => {
    const policy = policyOf(`${byHeader}, tokens: {}${rest}`, roles) + allow(scope);
    const { ask } = await bank(policy, {
      exchanged: { sub: "ann", act: { sub: "sam" }, roles: ["customer"], scope: "own" },
    });
    const headers = user === "sam" ? asAnn : ["Acting-Reason", "x"];
    return (await ask(user, "POST", "/letters", { text: "x" }, headers)).code;
  };
  assert.equal(await code("", "letters:write"), undefined, "by the person's role");
  assert.equal(await code("", "all"), "scope-insufficient", "not by the actor's own role");
  assert.equal(await code(", keeps: { roles: [] }", "letters:write"), "scope-insufficient");
  assert.equal(
    await code(", keeps: { scopes: ['accounts:read'] }", "letters:write"),
    "scope-insufficient",
    "a role gives no scope that is not left",
  );
  assert.equal(await code(", keeps: { scopes: ['letters:write'] }", "letters:write"), undefined);
  assert.equal(await code("", "own", "exchanged"), undefined);
  assert.equal(
    await code(", keeps: { scopes: ['accounts:read'] }", "own", "exchanged"),
    "scope-insufficient",
  );
});

test("limits count the person and who acts: neither is used up through the other alone", async () => {
  const limit = `  - { match: getAccount, limits: [{ rate: 3/hour, per: user }] }\n`;
  const { ask } = await bank(policyOf(byHeader) + limit, { joe: { roles: ["support"] } });
  const code = async (user: string, name: string): Promise<string | undefined> =>
    (await ask(user, "GET", `/accounts/${name}-1`, undefined, acting(name))).code;
  assert.equal(await code("sam", "ann"), undefined);
  assert.equal(await code("sam", "ann"), undefined);
  assert.equal(await code("sam", "ben"), undefined);
  assert.equal(await code("sam", "ben"), "limit-exceeded", "one hand for many people");
  assert.equal(await code("joe", "ann"), undefined);
  assert.equal(await code("joe", "ann"), "limit-exceeded", "many hands for one person");
  assert.equal(await code("joe", "ben"), undefined, "what was refused took nothing");
  assert.equal(
    (await ask("ben", "GET", "/accounts/ben-1")).code,
    undefined,
    "the person's own third",
  );
});

test("a session goes on under a changed policy only where one could begin", async () => {
  const sessions = new LocalImpersonations();
  const code = async (rest: string): Promise<string | undefined> => {
    const { ask } = await bank(policyOf(rest), {}, [], sessions);
    return (await ask("sam", "GET", "/accounts/ann-1", undefined, asAnn)).code;
  };
  assert.equal(await code(byHeader), undefined);
  const stricter = byHeader.replace("never: [admin]", "never: [admin, customer]");
  assert.equal(await code(stricter), "impersonation-subject-refused");
  assert.equal(await code(byHeader.replace("[support]", "[desk]")), "impersonation-refused");
  assert.equal(await code(byHeader), undefined);
});

test("staff act by the desk's own app alone, where the policy names it", async () => {
  const more = { other: { roles: ["support"], client_id: "notes" }, none: { roles: ["support"] } };
  const { ask } = await bank(
    policyOf(byHeader.replace("roles: [support]", "roles: [support], clients: [desk]")),
    more,
  );
  for (const [user, code] of [
    ["sam", undefined],
    ["other", "impersonation-refused"],
    ["none", "impersonation-refused"],
  ] as const)
    assert.equal((await ask(user, "GET", "/accounts/ann-1", undefined, asAnn)).code, code, user);
});

test("a cache of the desk keeps answers in its own and in others' names apart", async () => {
  const { ask } = await bank(policyOf(byHeader));
  for (const headers of [[], asAnn]) {
    const got = await ask("sam", "GET", "/rates", undefined, headers);
    const vary = got.headers.findIndex((name) => name.toLowerCase() === "vary");
    assert.match(got.headers[vary + 1] ?? "", /\bActing-For\b/);
  }
});

test("where it is off, nobody acts for anybody, and the fields stay here all the same", async () => {
  const off = policyOf(byHeader).replace("headers: off", "headers: off, impersonation: off");
  const { ask, sent, told } = await bank(off);
  const got = await ask("sam", "GET", "/accounts/sam-1", undefined, acting("ann"));
  assert.equal(got.status, 200);
  assert.equal(told()["sub"], "sam");
  assert.equal(hasAsked(sent()), false);
});

test("a claim that is called act, and names nobody, is a claim like any other", async () => {
  const { ask } = await bank(policyOf(byHeader), { eve: { act: "2024", roles: ["customer"] } });
  assert.equal((await ask("eve", "GET", "/accounts/eve-1")).code, undefined);
});

test("where a grant is asked for, it must lead from the very person to who acts, and be good for the method", async () => {
  const grant = (more: Partial<Grant> = {}): Grant => ({
    kind: "impersonation",
    from: "ann",
    to: "sam",
    object: undefined,
    methods: ["GET"],
    untilMs: Date.now() + 60_000,
    ...more,
  });
  const policy = policyOf("who: { roles: [support] }, header: Acting-For, granted: true");
  const rows: readonly (readonly [what: string, grants: readonly Grant[], passes: boolean])[] = [
    ["granted", [grant()], true],
    ["nothing", [], false],
    ["to another", [grant({ to: "joe" })], false],
    ["from another", [grant({ from: "ben" })], false],
    ["the other way round", [grant({ from: "sam", to: "ann" })], false],
    ["of another kind", [grant({ kind: "order" })], false],
    ["of one object", [grant({ object: "ann-1" })], false],
    ["for another method", [grant({ methods: ["PATCH"] })], false],
    ["over", [grant({ untilMs: Date.now() - 1 })], false],
  ];
  for (const [what, grants, passes] of rows) {
    const { ask } = await bank(policy, {}, grants);
    const { code } = await ask("sam", "GET", "/accounts/ann-1", undefined, asAnn);
    assert.equal(code, passes ? undefined : "impersonation-subject-refused", what);
  }
});

test("where sources are told apart, a person is named with its source, and no other's is meant", async () => {
  const policy = policyOf(
    "who: { source: issuer, roles: [support] }, header: Acting-For, of: issuer, subject: { operation: getCustomer, sub: /id, roles: /roles }",
  )
    .replace(
      "audience: x }",
      "audience: x, sources: { partners: { issuer: https://p.example, audience: x } } }",
    )
    .replaceAll("token.sub", "issuer.sub");
  const { ask, told } = await bank(policy);
  const code = async (name: string): Promise<string | undefined> =>
    (await ask("sam", "GET", "/accounts/ann-1", undefined, acting(name))).code;
  assert.equal(await code("issuer/ann"), undefined);
  assert.equal(told()["sub"], "ann");
  for (const name of ["ann", "partners/ann", "issuer/", "issuer", "issuer/sam", "/ann"])
    assert.equal(await code(name), "impersonation-subject-refused", name);
});

test("a stranger who names somebody is refused where anybody may ask", async () => {
  const policy = policyOf(byHeader).replace(
    "audience: x",
    "audience: x, credential: { header: X-T }",
  );
  const { ask } = await bank(policy);
  assert.equal((await ask("sam", "GET", "/rates")).code, undefined);
  const got = await ask("sam", "GET", "/rates", undefined, asAnn);
  assert.equal(got.code, "impersonation-refused");
});
