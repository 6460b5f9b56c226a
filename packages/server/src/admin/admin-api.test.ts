import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { Administration } from "@portcullis/identity/administration";
import { ClientAdministration } from "@portcullis/identity/clients";
import type { DatabaseStore } from "../store/database-store.ts";
import { openStore } from "../store/open-store.ts";
import { createSealing } from "../store/sealing.ts";
import { openAdminCredential } from "./admin-credential.ts";
import { type AdminServer, startAdminServer } from "./admin-server.ts";
import { adminRoutes } from "./routes.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-admin-api-"));
const credential = openAdminCredential(directory);
const token = readFileSync(credential.file, "utf8").trim();
const sealing = createSealing([Buffer.alloc(32, 7)]);
const said: string[] = [];
let fault: Error | undefined;
let store: DatabaseStore;
let server: AdminServer;

before(async () => {
  store = await openStore("store.db", directory);
  server = await startAdminServer({
    host: "127.0.0.1",
    port: 0,
    credential,
    say: (message) => said.push(message),
    routes: adminRoutes({
      metrics: () => "portcullis_up 1\n",
      notReady: () => undefined,
      degraded: () => [],
      evidence: () => {
        if (fault !== undefined) throw fault;
        return [];
      },
      records: () => [],
      administrations: {
        people: () => new Administration(store, sealing, "admin", ["member"]),
        clients: () => new ClientAdministration(store, sealing, "admin", []),
        audit: store.audit,
      },
    }),
  });
});
after(async () => {
  await server.close();
  await store.close();
});
beforeEach(() => said.splice(0));

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json().catch(() => ({}))) as Record<string, unknown>,
  };
}

type Content = Readonly<Record<string, { readonly schema: object }>>;
interface Operation {
  readonly security: readonly unknown[];
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const pathsOf = async (): Promise<Paths> =>
  (await ask("GET", "/openapi.json")).body["paths"] as Paths;

test("the OpenAPI document is one by the OpenAPI Initiative's own schema, and lists every resource", async () => {
  const { body: document } = await ask("GET", "/openapi.json");
  const { errors, valid } = await new Validator().validate(structuredClone(document));
  assert.deepEqual([valid, errors], [true, undefined]);
  assert.deepEqual(Object.keys(document["paths"] as Paths), [
    "/healthz",
    "/readyz",
    "/metrics",
    "/records",
    "/evidence",
    "/users",
    "/users/{id}",
    "/users/{id}/sessions",
    "/users/{id}/sessions/{session}",
    "/clients",
    "/clients/{id}",
    "/audit",
    "/openapi.json",
  ]);
});

test("whatever the document says needs the admin's credential is refused without it, and nothing else is", async () => {
  const open: string[] = [];
  for (const [template, methods] of Object.entries(await pathsOf()))
    for (const [method, { security }] of Object.entries(methods)) {
      const path = template.replaceAll(/\{\w+\}/g, "x");
      for (const authorization of ["", `Bearer ${"x".repeat(43)}`, `Basic ${token}`]) {
        const { headers, status } = await ask(method.toUpperCase(), path, undefined, {
          Authorization: authorization,
        });
        assert.equal(status === 401, security.length > 0, `${method} ${path} ${authorization}`);
        assert.equal(headers.get("www-authenticate"), status === 401 ? "Bearer" : null);
      }
      if (security.length === 0) open.push(template);
    }
  assert.deepEqual(open, ["/healthz", "/readyz", "/metrics"]);
  assert.equal((await ask("GET", "/nothing", undefined, { Authorization: "" })).status, 401);
});

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
  assert.deepEqual(said, []);
});

test("what is well formed and cannot be is 400 in words, without a place", async () => {
  const { body, status } = await ask("POST", "/users", { email: "nobody" });
  assert.deepEqual([status, body["errors"]], [400, undefined]);
  assert.match(String(body["detail"]), /'nobody' is not an e-mail address/);
});

test("a fault of the program is 500 with a trace id that its log has too, and never the caller's", async () => {
  fault = new Error("the\ndisk is gone");
  const { body, headers, status } = await ask("GET", "/evidence");
  assert.deepEqual([status, headers.get("content-type")], [500, "application/problem+json"]);
  const traceId = String(body["traceId"]);
  assert.match(traceId, /^[0-9a-f]{32}$/);
  assert.ok(!JSON.stringify(body).includes("disk"), "what is wrong inside is not told outside");
  assert.deepEqual(said, [`admin: listEvidence failed, trace ${traceId}: Error the disk is gone`]);
  const own = "0af7651916cd43dd8448eb211c80319c";
  const traced = await ask("GET", "/evidence", undefined, {
    traceparent: `00-${own}-b7ad6b7169203331-01`,
  });
  assert.equal(traced.body["traceId"], own);
  fault = undefined;
});

test("with the database lost, people cannot be listed or changed: 500, and the log names no secret", async () => {
  const lost = await openStore("lost.db", directory);
  await lost.close();
  const kept = store;
  store = lost;
  try {
    for (const [method, path, body] of [
      ["GET", "/users", undefined],
      ["GET", "/clients", undefined],
      ["POST", "/users", { email: "secret-person@notes.example" }],
      ["DELETE", "/users/secret-person@notes.example", undefined],
      ["PATCH", "/clients/x", { disabled: true }],
    ] as const)
      assert.equal((await ask(method, path, body)).status, 500, `${method} ${path}`);
  } finally {
    store = kept;
  }
  assert.equal(said.length, 5);
  assert.ok(said.every((line) => /^admin: \w+ failed, trace [0-9a-f]{32}: /.test(line)));
  assert.ok(!said.join().includes("secret-person") && !said.join().includes(token));
});

test("what is answered is what the document says is answered", async () => {
  const paths = await pathsOf();
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const asked: [string, string, string, unknown?][] = [
    ["POST", "/users", "/users", { email: "ann@notes.example", roles: ["member"], tier: "gold" }],
    ["GET", "/users", "/users"],
    ["GET", "/users/{id}", "/users/ann@notes.example"],
    ["PATCH", "/users/{id}", "/users/ann@notes.example", { tier: null, disabled: true }],
    ["GET", "/users/{id}/sessions", "/users/ann@notes.example/sessions"],
    ["DELETE", "/users/{id}/sessions", "/users/ann@notes.example/sessions"],
    ["DELETE", "/users/{id}/sessions/{session}", "/users/ann@notes.example/sessions/s"],
    ["DELETE", "/users/{id}", "/users/ann@notes.example"],
    ["POST", "/clients", "/clients", { id: "reports", kind: "service", scopes: ["notes:read"] }],
    ["GET", "/clients", "/clients"],
    ["PATCH", "/clients/{id}", "/clients/reports", { disabled: true }],
    ["PATCH", "/clients/{id}", "/clients/reports", { disabled: false }],
    ["DELETE", "/clients/{id}", "/clients/reports"],
    ["GET", "/audit", "/audit?most=3"],
    ["GET", "/records", "/records"],
    ["GET", "/evidence", "/evidence"],
    ["GET", "/openapi.json", "/openapi.json"],
  ];
  for (const [method, template, path, body] of asked) {
    const answer = await ask(method, path, body);
    const shape = paths[template]?.[method.toLowerCase()]?.responses[answer.status];
    assert.ok(shape !== undefined && answer.status < 300, `${method} ${path}: ${answer.status}`);
    const schema = shape.content["application/json"]?.schema as object;
    assert.ok(ajv.validate(schema, answer.body), `${method} ${path}: ${ajv.errorsText()}`);
  }
  const documented = Object.entries(paths).flatMap(([template, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${template}`),
  );
  const tried = new Set(asked.map(([method, template]) => `${method} ${template}`));
  assert.deepEqual(
    documented.filter((one) => !tried.has(one)),
    ["GET /healthz", "GET /readyz", "GET /metrics"],
  );
});
