import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { adminRoles, mayDo } from "../../packages/server/src/admin/administrator.ts";
import { type ServedAdmin, serveAdmin } from "./served-admin.ts";

let admin: ServedAdmin;
const ttlMs = 60_000;

before(async () => {
  admin = await serveAdmin();
});
after(() => admin.close());
beforeEach(() => admin.noted.splice(0));

interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
}

interface Documented {
  readonly description: string;
  readonly security: readonly unknown[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Shape }>> };
}
type Paths = Readonly<Record<string, Readonly<Record<string, Documented>>>>;

/** Every route that is not open to all, as the document lists it. */
async function routes(): Promise<{ method: string; path: string; needs: string; body: unknown }[]> {
  const { body } = await admin.ask("GET", "/openapi.json");
  return Object.entries(body["paths"] as Paths).flatMap(([template, methods]) =>
    Object.entries(methods)
      .filter(([, { security }]) => security.length > 0)
      .map(([method, { description, requestBody }]) => ({
        method: method.toUpperCase(),
        path: template.replaceAll(/\{\w+\}/g, "nobody"),
        needs: /Needs the role (\w+)\./.exec(description)?.[1] ?? "",
        body: bodyOf(requestBody?.content["application/json"]?.schema),
      })),
  );
}

/** A body that has the form which the document says. */
function bodyOf(schema: Shape | undefined): unknown {
  if (schema === undefined) return undefined;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.properties !== undefined)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, one]) => [name, bodyOf(one)]),
    );
  return { boolean: true, integer: 60, array: [] }[schema.type ?? ""] ?? "x";
}

test("each role opens what the document says that it opens, and nothing else", async () => {
  const all = await routes();
  assert.ok(all.every(({ needs }) => adminRoles.some((role) => role === needs)));
  for (const role of adminRoles) {
    const token = await admin.tokens.issue(`walk-${role}`, role, ttlMs);
    const bearer = { Authorization: `Bearer ${token}` };
    for (const { method, needs, path } of all) {
      const needed = adminRoles.find((one) => one === needs) ?? "admin";
      const { body, status } = await admin.ask(method, path, undefined, bearer);
      assert.notEqual(status, 401, `${role} ${method} ${path}`);
      assert.equal(status === 403, !mayDo(role, needed), `${role} ${method} ${path}: ${status}`);
      if (status === 403) assert.match(String(body["detail"]), new RegExp(`role ${needed};`));
    }
  }
});

test("every change that is asked for is written down first, with who asked, and reading is not", async () => {
  const token = await admin.tokens.issue("changer", "admin", ttlMs);
  for (const { body, method, path } of await routes()) {
    admin.noted.splice(0);
    const isRead = method === "GET";
    const answer = await admin.ask(method, path, body, { Authorization: `Bearer ${token}` });
    assert.ok(answer.status < 500, `${method} ${path}: ${answer.status}`);
    assert.deepEqual(
      admin.noted.map(({ actor }) => actor),
      isRead ? [] : ["admin:changer"],
      `${method} ${path}`,
    );
  }
});

test("a change that cannot be written down is made all the same, and the operator is told", async () => {
  admin.holds.fault = new Error("the disk is full");
  const { status } = await admin.ask("DELETE", "/admin-tokens/nobody");
  admin.holds.fault = undefined;
  assert.equal(status, 404);
  assert.match(
    String(admin.said.at(-1)),
    /^admin: revokeAdminToken by admin could not be written to the audit: Error the disk is full$/,
  );
});

test("a token opens nothing before it was made, after its end, when revoked, or in another spelling", async () => {
  const opens = async (authorization: string): Promise<boolean> =>
    (await admin.ask("GET", "/records", undefined, { Authorization: authorization })).status ===
    200;
  const token = await admin.tokens.issue("short", "viewer", ttlMs);
  assert.ok(await opens(`Bearer ${token}`));
  for (const other of [
    token,
    `bearer ${token}`,
    `Bearer  ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer ${token.replace("pca_", "")}`,
    `Basic ${token}`,
    "Bearer pca_",
  ])
    assert.equal(await opens(other), false, other);
  admin.holds.nowMs += ttlMs - 1;
  assert.ok(await opens(`Bearer ${token}`));
  admin.holds.nowMs += 1;
  assert.equal(await opens(`Bearer ${token}`), false);
  const second = await admin.tokens.issue("second", "viewer", ttlMs);
  assert.ok(await opens(`Bearer ${second}`));
  await admin.tokens.revoke("second");
  assert.equal(await opens(`Bearer ${second}`), false);
});

test("a token is made with a name that is free, a role that exists and an end, and is never shown again", async () => {
  const add = (body: unknown): Promise<{ status: number; body: Record<string, unknown> }> =>
    admin.ask("POST", "/admin-tokens", body);
  const made = await add({ name: "grafana", role: "viewer", ttlSeconds: 3600 });
  assert.equal(made.status, 201);
  assert.equal((await add({ name: "grafana", role: "admin", ttlSeconds: 3600 })).status, 400);
  for (const body of [
    { name: "Grafana", role: "viewer", ttlSeconds: 3600 },
    { name: "", role: "viewer", ttlSeconds: 3600 },
    { name: "x\n", role: "viewer", ttlSeconds: 3600 },
    { name: "x", role: "root", ttlSeconds: 3600 },
    { name: "x", role: "viewer", ttlSeconds: 0 },
    { name: "x", role: "viewer", ttlSeconds: -1 },
    { name: "x", role: "viewer", ttlSeconds: 401 * 86_400 },
    { name: "x", role: "viewer", ttlSeconds: "1" },
    { name: "x", role: "viewer" },
  ])
    assert.equal((await add(body)).status, 400, JSON.stringify(body));
  const { body: listed } = await admin.ask("GET", "/admin-tokens");
  assert.ok(!JSON.stringify(listed).includes(String(made.body["token"]).slice(4)));
});
