import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ServedAdmin, serveAdmin } from "../../../../test/admin/served-admin.ts";

let admin: ServedAdmin;
const ask: ServedAdmin["ask"] = (...request) => admin.ask(...request);

before(async () => {
  admin = await serveAdmin();
});
after(() => admin.close());

test("an unknown path is 404, and a method that is not offered is 405 with those that are", async () => {
  assert.equal((await ask("GET", "/user")).status, 404);
  assert.equal((await ask("POST", "/users/")).status, 404);
  assert.equal((await ask("GET", "/healthz/x")).status, 404);
  assert.equal((await ask("GET", "/openapi_json")).status, 404);
  for (const [method, path, allow] of [
    ["PUT", "/users", "GET, HEAD, POST"],
    ["POST", "/users/u-1", "GET, HEAD, PATCH, DELETE"],
    ["GET", "/users/u-1/sessions/s", "DELETE"],
    ["POST", "/records", "GET, HEAD"],
    ["DELETE", "/healthz", "GET, HEAD"],
  ] as const) {
    const { headers, status } = await ask(method, path);
    assert.deepEqual([status, headers.get("allow")], [405, allow], `${method} ${path}`);
  }
  assert.equal((await ask("HEAD", "/users")).status, 200);
});
test("a body that is not as it has to be is 400, and the answer says where", async () => {
  const places = async (method: string, path: string, body: unknown): Promise<unknown[]> => {
    const answer = await ask(method, path, body);
    assert.equal(answer.status, 400, JSON.stringify(body));
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    return (answer.body["errors"] as { pointer: string }[]).map(({ pointer }) => pointer);
  };
  assert.deepEqual(await places("POST", "/users", "{"), [""]);
  assert.deepEqual(await places("POST", "/users", []), [""]);
  assert.deepEqual(await places("POST", "/users", `"${"x".repeat(70_000)}"`), [""]);
  assert.deepEqual(await places("POST", "/users", {}), ["/email"]);
  assert.deepEqual(
    await places("POST", "/users", { email: 1, role: [], roles: ["member", 2], tier: true }),
    ["/role", "/email", "/roles/1", "/tier"],
  );
  assert.deepEqual(await places("PATCH", "/users/u-1", { disabled: "yes" }), ["/disabled"]);
  assert.deepEqual(await places("PATCH", "/users/u-1", { "a/b~c": 1 }), ["/a~1b~0c"]);
  assert.deepEqual(await places("POST", "/clients", { id: "x", kind: "robot" }), ["/kind"]);
  assert.deepEqual(await places("PATCH", "/clients/x", {}), ["/disabled"]);
  assert.equal((await ask("GET", "/users/%E0%A4%A")).status, 400);
  assert.deepEqual(admin.said, []);
});

test("what is well formed and cannot be is 400 in words, without a place", async () => {
  const { body, status } = await ask("POST", "/users", { email: "nobody" });
  assert.deepEqual([status, body["errors"]], [400, undefined]);
  assert.match(String(body["detail"]), /'nobody' is not an e-mail address/);
});
