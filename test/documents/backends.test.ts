import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Upstream } from "@portcullis/guard/upstream";
import { prefixedUpstream } from "../../packages/server/src/upstream/prefixed-upstream.ts";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import { plannedJourney } from "../security/planned-journey.ts";

const document = (path: string): string =>
  `openapi: 3.1.0\ninfo: { title: Prefixed, version: v1 }\nservers: [{ url: /v1 }]\npaths: { ${path}: { get: { operationId: get${path.replace("/", "")}, security: [], responses: { "200": { description: ok }, "302": { description: there } } } } }\n`;

/** Notes what it is asked, and answers with a link. */
function linking(link: string): { readonly upstream: Upstream; readonly asked: string[] } {
  const asked: string[] = [];
  const upstream: Upstream = {
    forward({ target }, receiver) {
      asked.push(target);
      receiver.onHead(302, ["Location", link]);
      receiver.onEnd([]);
      return { resume: () => undefined, abort: () => undefined };
    },
  };
  return { upstream, asked };
}

test("a backend with a prefix is asked below it, and its own links leave without it", async () => {
  for (const [link, leaves] of [
    ["/internal/api/v1/b?c=1", "/v1/b?c=1"],
    ["http://127.0.0.1:9/internal/api/v1/b", "/v1/b"],
    ["/internal/apis/v1/b", "/internal/apis/v1/b"],
    ["https://elsewhere.example/internal/api/v1", "https://elsewhere.example/internal/api/v1"],
    ["/internal/api", "/"],
  ] as const) {
    const { asked, upstream } = linking(link);
    const prefixed = prefixedUpstream(upstream, "/internal/api", ["http://127.0.0.1:9"]);
    const ask = await plannedJourney({
      backend: prefixed,
      document: document("/a"),
      policy:
        'portcullis: 1\nmode: enforce\napis: [{ openapi: openapi.yaml, upstream: { targets: ["http://127.0.0.1:9"] } }]\nidentity: { issuer: https://login.example, audience: x }\n',
    });
    const { headers } = await ask("u", "GET", "/v1/a");
    assert.deepEqual(asked, ["/internal/api/v1/a"]);
    const at = headers.findIndex((name) => name.toLowerCase() === "location");
    assert.equal(headers[at + 1], leaves, link);
  }
});

const directory = mkdtempSync(join(tmpdir(), "portcullis-backends-"));
async function load(upstream: string) {
  writeFileSync(join(directory, "a.yaml"), document("/a"));
  writeFileSync(join(directory, "b.yaml"), document("/b"));
  const file = join(directory, "portcullis.yaml");
  writeFileSync(
    file,
    `portcullis: 1\napis: [{ openapi: a.yaml, upstream: ${upstream} }, { openapi: b.yaml, upstream: ${upstream} }]\n`,
  );
  return loadPolicy({ file, environment: {}, flags: [] });
}

test("several documents stand before one backend, and the policy's prefix is that of each", async () => {
  const { faults, plan } = await load('{ targets: "http://127.0.0.1:9", prefix: /internal/api }');
  assert.deepEqual(faults, []);
  assert.deepEqual(
    plan?.apis.map(({ document: { operations }, upstream: { prefix } }) => [
      operations[0]?.key,
      prefix,
    ]),
    [
      ["GET /v1/a", "/internal/api"],
      ["GET /v1/b", "/internal/api"],
    ],
  );
});

test("a prefix that is no plain path is refused", async () => {
  for (const prefix of ["internal", "/internal/", "/a/../b", "/./a", "/a?b", "/a%2fb", "//a"]) {
    const { faults, plan } = await load(`{ targets: "http://127.0.0.1:9", prefix: "${prefix}" }`);
    assert.equal(plan, undefined, prefix);
    assert.match(faults[0]?.message ?? "", /'prefix'/);
  }
});
