import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { openAdminCredential } from "../admin-credential.ts";
import { type AdminServer, startAdminServer } from "../admin-server.ts";
import { ok, route, type Route } from "../route.ts";
import { readBuiltFiles } from "./built-files.ts";
import { ConsoleDoor } from "./console-door.ts";
import { ConsoleFiles } from "./console-files.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-console-files-"));
const script = 'document.title = "Overview";\n'.repeat(40);
const page = '<!doctype html><script type="module" src="/assets/index-a1.js"></script>';

/** What a build leaves. */
function build(name: string, more: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = join(directory, name);
  mkdirSync(join(folder, "assets"), { recursive: true });
  const manifest = { "index.html": { file: "assets/index-a1.js", css: ["assets/index-b2.css"] } };
  const files = {
    "manifest.json": JSON.stringify(manifest),
    "index.html": page,
    "favicon.svg": "<svg/>",
    ".hidden": "no",
    "assets/index-a1.js": script,
    "assets/index-a1.js.br": brotliCompressSync(script),
    "assets/index-a1.js.map": "{}",
    "assets/index-b2.css": "a{}",
    ...more,
  };
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return folder;
}

const answer = { status: 200, description: "", schema: {} };
const open = { operationId: "x", summary: "", needs: "nothing", answer } as const;
const routes: readonly Route[] = [
  route({ ...open, method: "GET", path: "/healthz", handle: () => ok("healthy") }),
  route({ ...open, method: "GET", path: "/incidents", needs: "viewer", handle: () => ok([]) }),
  route({ ...open, method: "GET", path: "/openapi.json", needs: "viewer", handle: () => ok({}) }),
];

const servers: AdminServer[] = [];
const serve = async (files: ConsoleFiles | undefined): Promise<AdminServer> => {
  const server = await startAdminServer({
    host: "127.0.0.1",
    port: 0,
    console: files === undefined ? undefined : () => new ConsoleDoor(files, undefined),
    credential: openAdminCredential(directory),
    tokens: undefined,
    note: async () => undefined,
    say: () => undefined,
    routes,
  });
  servers.push(server);
  return server;
};
let built: AdminServer;
before(async () => {
  built = await serve(new ConsoleFiles(readBuiltFiles(build("whole")), routes));
});
after(async () => {
  for (const server of servers) await server.close();
  rmSync(directory, { recursive: true });
});

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
const get = (
  server: AdminServer,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Got> =>
  new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: server.port, path, headers, method }, (response) => {
      const parts: Buffer[] = [];
      response
        .on("data", (part: Buffer) => parts.push(part))
        .on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
    })
      .on("error", reject)
      .end();
  });
const goes = { "Sec-Fetch-Mode": "navigate", Accept: "text/html,*/*;q=0.8" };

test("a browser that goes to any address gets the page; a program gets the API's own answer there", async () => {
  for (const path of ["/", "/incidents", "/incidents/7?at=3", "/live", "/operations/a%2Fb"]) {
    for (const headers of [goes, { Accept: "text/html,application/xml;q=0.9" }]) {
      const { body, headers: sent, status } = await get(built, path, headers);
      assert.deepEqual([status, body.toString()], [200, page], path);
      assert.equal(sent["cache-control"], "no-cache");
      assert.match(String(sent.vary), /Sec-Fetch-Mode, Accept/);
    }
  }
  for (const headers of [
    {},
    { "Sec-Fetch-Mode": "cors", Accept: "text/html" },
    { "Sec-Fetch-Mode": "same-origin", Accept: "*/*" },
    { Accept: "application/json" },
    { ...goes, Authorization: "Bearer x" },
  ]) {
    const { headers: sent, status } = await get(built, "/incidents", headers);
    assert.deepEqual([status, sent["content-type"]], [401, "application/problem+json"]);
    assert.match(String(sent.vary), /Sec-Fetch-Mode/);
  }
  assert.equal((await get(built, "/healthz", goes)).body.toString(), '"healthy"\n');
  assert.equal((await get(built, "/openapi.json", goes)).status, 401);
  assert.equal((await get(built, "/", goes, "POST")).status, 401);
});

test("nothing runs, loads or frames the page but its own files, and no text becomes script", async () => {
  const { headers } = await get(built, "/", goes);
  assert.equal(
    headers["content-security-policy"],
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';" +
      " frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'",
  );
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["x-frame-options"], "DENY");
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
  assert.equal(headers["referrer-policy"], "no-referrer");
});

test("files with a hash in their name are kept for ever, and all say how long they are", async () => {
  const plain = await get(built, "/assets/index-a1.js", { "Sec-Fetch-Mode": "cors" });
  assert.equal(plain.body.toString(), script);
  assert.equal(plain.headers["cache-control"], "public, max-age=31536000, immutable");
  assert.equal(plain.headers["content-length"], String(script.length));
  assert.equal(plain.headers["content-encoding"], undefined);
  const icon = await get(built, "/favicon.svg", goes);
  assert.equal(icon.headers["content-type"], "image/svg+xml");
  assert.equal(icon.headers["cache-control"], "no-cache");
  const head = await get(built, "/assets/index-b2.css", {}, "HEAD");
  assert.deepEqual([head.headers["content-length"], head.body.length], ["3", 0]);
  assert.equal((await get(built, "/healthz")).headers["content-length"], "10");
});

test("what was compressed ahead is sent to those who take it, and caches keep the two apart", async () => {
  const script1 = (encoding: string) =>
    get(built, "/assets/index-a1.js", { "Accept-Encoding": encoding });
  for (const encoding of ["br", "gzip, deflate, br, zstd", "br;q=0.5, gzip"]) {
    const { body, headers } = await script1(encoding);
    assert.equal(headers["content-encoding"], "br", encoding);
    assert.equal(brotliDecompressSync(body).toString(), script);
    assert.equal(headers["content-length"], String(body.length));
    assert.match(String(headers.vary), /Accept-Encoding/);
  }
  for (const encoding of ["gzip", "br;q=0", "br;q=0.0, gzip", "brotli", "x-br"]) {
    const { headers } = await script1(encoding);
    assert.equal(headers["content-encoding"], undefined, encoding);
  }
});

test("a page that is known already is not sent again", async () => {
  const { headers } = await get(built, "/", goes);
  const again = await get(built, "/", { ...goes, "If-None-Match": String(headers.etag) });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
});

test("nothing beside the build's files is served, whatever an address makes of its path", async () => {
  for (const path of [
    "/manifest.json",
    "/.hidden",
    "/index.html",
    "/assets/index-a1.js.map",
    "/assets/index-a1.js.br",
    "/assets/../../../package.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/assets//index-a1.js",
    "//assets/index-a1.js",
  ])
    assert.equal((await get(built, path)).status, 401, path);
});

test("a checkout that was not built says what to run, and its API answers", async () => {
  const server = await serve(new ConsoleFiles(undefined, routes));
  const { body, headers, status } = await get(server, "/", goes);
  assert.equal(status, 503);
  assert.match(body.toString(), /npm run build -w packages\/console/);
  assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
  assert.equal((await get(server, "/healthz")).status, 200);
});

test("a build that is not whole, or has files of an unknown kind, does not begin to serve", () => {
  const cut = build("cut");
  rmSync(join(cut, "assets/index-b2.css"));
  assert.throws(() => readBuiltFiles(cut), /index-b2\.css is missing/);
  const odd = build("odd", { "tool.exe": "x" });
  assert.throws(() => readBuiltFiles(odd), /tool\.exe is of a kind/);
});
