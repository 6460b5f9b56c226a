import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type ServedAdmin, serveAdmin } from "../../../../test/admin/served-admin.ts";
import { somebodyIsThere } from "../../../../test/admin/somebody.ts";
import { openStore } from "../store/open-store.ts";

let admin: ServedAdmin;
let said: string[];
let token: string;
const ask: ServedAdmin["ask"] = (...request) => admin.ask(...request);

before(async () => {
  admin = await serveAdmin();
  ({ said, token } = admin);
});
after(() => admin.close());
beforeEach(() => said.splice(0));

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
    "/records/live",
    "/series",
    "/pseudonyms/{pseudonym}/reveal",
    "/sources",
    "/evidence",
    "/operations",
    "/forecast",
    "/ready",
    "/differences",
    "/problems",
    "/incidents",
    "/incidents/{id}",
    "/incidents/{id}/responses",
    "/incidents/{id}/responses/{response}",
    "/detectors",
    "/alerts/test",
    "/mutes",
    "/mutes/{id}",
    "/releases",
    "/releases/{app}/{version}",
    "/posture",
    "/pressure/{kind}/{value}",
    "/pressure/{kind}/{value}/lift",
    "/limits/top",
    "/limits/give",
    "/console/people",
    "/console/invitations",
    "/console/people/{name}",
    "/users",
    "/users/{id}",
    "/users/{id}/sessions",
    "/users/{id}/sessions/{session}",
    "/revocations",
    "/revocations/lift",
    "/clients",
    "/clients/{id}",
    "/grants",
    "/grants/{id}",
    "/impersonations",
    "/impersonations/{id}",
    "/switches",
    "/switches/{id}",
    "/admin-tokens",
    "/admin-tokens/{name}",
    "/audit/verify",
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

test("a fault of the program is 500 with a trace id that its log has too, and never the caller's", async () => {
  admin.holds.fault = new Error("the\ndisk is gone");
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
  admin.holds.fault = undefined;
});

test("with the database lost, people cannot be listed or changed: 500, and the log names no secret", async () => {
  const lost = await openStore("lost.db", admin.directory);
  await lost.close();
  const kept = admin.holds.store;
  admin.holds.store = lost;
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
    admin.holds.store = kept;
  }
  assert.equal(said.length, 5);
  assert.ok(said.every((line) => /^admin: \w+ failed, trace [0-9a-f]{32}: /.test(line)));
  assert.ok(!said.join().includes("secret-person") && !said.join().includes(token));
});

test("what is answered is what the document says is answered", async () => {
  const paths = await pathsOf();
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const revoked = { kind: "session", source: "issuer", value: "s" };
  const pressed = { operations: "sign-in" };
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
    ["POST", "/admin-tokens", "/admin-tokens", { name: "ci", role: "viewer", ttlSeconds: 60 }],
    ["GET", "/admin-tokens", "/admin-tokens"],
    ["DELETE", "/admin-tokens/{name}", "/admin-tokens/ci"],
    ["POST", "/revocations", "/revocations", { kind: "subject", source: "people", value: "7" }],
    ["POST", "/revocations/lift", "/revocations/lift", revoked],
    [
      "POST",
      "/grants",
      "/grants",
      { kind: "order", from: "ann", to: "ben", object: "o-1", reason: "holiday", ttlSeconds: 60 },
    ],
    ["GET", "/grants", "/grants"],
    ["DELETE", "/grants/{id}", "/grants/(made)"],
    ["GET", "/impersonations", "/impersonations"],
    ["DELETE", "/impersonations/{id}", "/impersonations/s-1"],
    ["POST", "/switches", "/switches", { operation: "listNotes", state: "off", reason: "leaks" }],
    ["GET", "/switches", "/switches?ended=true"],
    ["DELETE", "/switches/{id}", "/switches/(made)"],
    ["GET", "/audit", "/audit?most=3"],
    ["GET", "/audit/verify", "/audit/verify"],
    ["GET", "/records", "/records"],
    ["GET", "/series", "/series?step=day&by=code,mode"],
    ["GET", "/differences", "/differences?app=harbour-ios&most=3"],
    ["GET", "/problems", "/problems"],
    ["POST", "/pseudonyms/{pseudonym}/reveal", "/pseudonyms/known/reveal", { because: "a claim" }],
    ["GET", "/sources", "/sources"],
    ["GET", "/evidence", "/evidence"],
    ["GET", "/operations", "/operations?since=1h"],
    ["GET", "/forecast", "/forecast?operation=listNotes&control=ownership"],
    ["GET", "/ready", "/ready"],
    ["GET", "/incidents", "/incidents?severity=low&state=open"],
    ["GET", "/incidents/{id}", "/incidents/(found)"],
    [
      "POST",
      "/incidents/{id}/responses",
      "/incidents/(found)/responses",
      { do: "pressure", reason: "it goes on" },
    ],
    ["GET", "/incidents/{id}/responses", "/incidents/(found)/responses"],
    ["DELETE", "/incidents/{id}/responses/{response}", "/incidents/(found)/responses/(made)"],
    ["PATCH", "/incidents/{id}", "/incidents/(found)", { mark: "expected", state: "closed" }],
    ["GET", "/detectors", "/detectors"],
    ["POST", "/alerts/test", "/alerts/test"],
    ["POST", "/mutes", "/mutes", { reason: "a test", ttlSeconds: 60 }],
    ["GET", "/mutes", "/mutes"],
    ["DELETE", "/mutes/{id}", "/mutes/(made)"],
    ["POST", "/releases", "/releases", { app: "harbour-ios", version: "3.5.0", note: "faster" }],
    ["GET", "/releases", "/releases?app=harbour-ios&found=true"],
    ["DELETE", "/releases/{app}/{version}", "/releases/harbour-ios/3.5.0"],
    ["GET", "/posture", "/posture"],
    ["POST", "/pressure/{kind}/{value}", "/pressure/user/ann", pressed],
    ["POST", "/pressure/{kind}/{value}/lift", "/pressure/user/ann/lift", pressed],
    ["GET", "/limits/top", "/limits/top?by=address&most=1"],
    ["POST", "/limits/give", "/limits/give", { keys: ["address:203.0.113.9"] }],
    ["POST", "/console/invitations", "/console/invitations", { role: "viewer", name: "gia" }],
    ["GET", "/console/people", "/console/people"],
    ["PATCH", "/console/people/{name}", "/console/people/ivo", { role: "operator" }],
    ["DELETE", "/console/people/{name}", "/console/people/ivo"],
    ["GET", "/openapi.json", "/openapi.json"],
  ];
  await somebodyIsThere(admin.holds.store);
  let [made, found] = ["", ""];
  for (const [method, template, path, body] of asked) {
    const answer = await ask(method, path.replace("(made)", made).replace("(found)", found), body);
    if (method === "POST") made = String(answer.body["id"]);
    if (path.startsWith("/incidents?"))
      found = (answer.body["items"] as { readonly id: string }[])[0]?.id ?? "";
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
    ["GET /healthz", "GET /readyz", "GET /metrics", "GET /records/live"],
  );
});
