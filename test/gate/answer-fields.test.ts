import assert from "node:assert/strict";
import { constants } from "node:http2";
import { after, before, test } from "node:test";
import {
  type AskedAs,
  fieldsOf,
  type Got,
  type RawBackend,
  startRawBackend,
} from "./raw-backend.ts";

const json = JSON.stringify({ ok: true, pad: "x".repeat(2000) });
const callers: readonly AskedAs[] = [
  { protocol: "HTTP/2", headers: { "accept-encoding": "gzip" } },
  { protocol: "HTTP/2" },
  { protocol: "HTTP/1.1", headers: { "accept-encoding": "gzip" } },
  { protocol: "HTTP/1.1" },
];

let enforcing: RawBackend;
let observing: RawBackend;
before(async () => {
  enforcing = await startRawBackend(
    "mode: { default: enforce, limit: off }\npublicUrl: https://api.example\nhosts: [localhost, 127.0.0.1]\ncors: { origins: [https://app.example] }\n",
  );
  observing = await startRawBackend("mode: { default: observe, limit: off }\n");
});
after(() => {
  enforcing.close();
  observing.close();
});

const answerWith = (fields: readonly string[], body = json, status = "200 OK"): string =>
  [
    `HTTP/1.1 ${status}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "Connection: close",
    ...fields,
    "",
    body,
  ].join("\r\n");

async function everywhere(
  bytes: string,
  look: (got: Got, what: string) => void,
  path?: string,
): Promise<void> {
  for (const gate of [enforcing, observing]) {
    for (const as of callers) {
      const got = await gate.ask(bytes, as, path);
      const what = `${gate === enforcing ? "enforced" : "observed"} ${JSON.stringify(as)} ${bytes.slice(0, 300)}`;
      assert.equal(got.broken, undefined, what);
      look(got, what);
    }
    assert.equal(gate.session.destroyed, false);
    assert.doesNotMatch(gate.gate.said(), /thread has ended/);
  }
}

test("a field that is sent twice, in whatever values, breaks no connection and ends no thread", async () => {
  const names = Object.entries(constants)
    .filter(([key]) => key.startsWith("HTTP2_HEADER_"))
    .map(([, name]) => String(name))
    .filter((name) => !name.startsWith(":"));
  assert.ok(names.length > 70);
  for (const name of [...names, "x-own", "deprecation", "refresh"]) {
    // Two framings are no answer at all, and are refused before there is one.
    if (["content-length", "transfer-encoding", "content-encoding", "upgrade"].includes(name))
      continue;
    for (const values of [
      ["1", "1"],
      ["1", "2"],
    ])
      await everywhere(answerWith(values.map((value) => `${name}: ${value}`)), (got, what) =>
        assert.equal(got.status, 200, what),
      );
  }
});

test("an answer with more fields than a client takes, or of two lengths or codings, is a refusal", async () => {
  const many = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `X-${index}: a`);
  await everywhere(answerWith(many(97)), (got, what) => assert.equal(got.status, 200, what));
  for (const fields of [
    many(101),
    many(300),
    ["Content-Length: 3"],
    ["Transfer-Encoding: gzip, chunked"],
    ["X-A: a\u0000b"],
    ["X A: b"],
  ])
    await everywhere(answerWith(fields), (got, what) => assert.equal(got.status, 502, what));
});

test("a status without a body leaves without one, whatever follows it", async () => {
  for (const status of ["204 No Content", "205 Reset Content", "304 Not Modified"])
    await everywhere(answerWith([], json, status), (got, what) => {
      assert.equal(got.status, Number(status.slice(0, 3)), what);
      assert.equal(got.body.length, 0, what);
    });
});

test("an answer that broke off does not look whole, whatever it was sent by", async () => {
  const cut = [
    "HTTP/1.1 200 OK",
    "Content-Type: video/mp4",
    "Content-Length: 100000",
    "",
    "film".repeat(5000),
  ].join("\r\n");
  for (const as of callers) {
    const got = await enforcing.ask(cut, as, "/film");
    assert.equal(got.status, 200);
    assert.notEqual(got.broken, undefined, JSON.stringify(as));
  }
  const [as] = callers;
  assert.equal((await enforcing.ask(answerWith([]), as as AskedAs)).status, 200);
});

test("the version that Accept names is served, and caches are told that it chose", async () => {
  for (const [accept, status] of [
    ["application/json; version=v2", 200],
    ['application/json;VERSION = "v2", text/plain;version=v2', 200],
    ["application/vnd.raw.v2+json", 200],
    ["application/json", 200],
    ["application/json; version=v9", 404],
    ["application/vnd.raw.v9+json", 404],
    ["application/json; version=v1, application/json; version=v2", 400],
    ["application/json; version=v1, application/vnd.raw.v2+json", 400],
  ] as const)
    for (const { protocol } of callers) {
      const got = await enforcing.ask(answerWith(["Vary: Origin, Cookie", "Vary: accept"]), {
        protocol,
        headers: { accept },
      });
      assert.equal(got.status, status, accept);
      const [vary = "", ...more] = fieldsOf(got, "vary");
      assert.deepEqual(more, []);
      const names = vary.toLowerCase().split(", ");
      assert.equal(new Set(names).size, names.length, vary);
      if (status !== 400)
        for (const name of ["accept", "origin"]) assert.ok(names.includes(name), vary);
      if (status === 200)
        assert.deepEqual(names.sort(), ["accept", "accept-encoding", "cookie", "origin"]);
    }
});

test("a link to the backend leaves as one to the API", async () => {
  for (const [gate, origin] of [
    [enforcing, "https://api.example"],
    [observing, ""],
  ] as const) {
    const { port } = new URL(gate.address);
    for (const own of [
      gate.address,
      `//127.0.0.1:${port}`,
      `https://localhost:${port}`,
      `HTTP://[::1]:${port}`,
    ]) {
      const got = await gate.ask(
        answerWith(
          [`Location: ${own}/a?b`, `Link: <${own}/next>; rel=next`, `Refresh: 5; url=${own}/c`],
          "",
          "302 Found",
        ),
        { protocol: "HTTP/2" },
      );
      assert.equal(got.status, 302);
      assert.deepEqual(fieldsOf(got, "location"), [`${origin}/a?b`], own);
      assert.deepEqual(fieldsOf(got, "link"), [`<${origin}/next>; rel=next`]);
      assert.deepEqual(fieldsOf(got, "refresh"), [`5; url=${origin}/c`]);
    }
  }
});

test("fields behind the body leave over both protocols, and only those that may", async () => {
  const bytes =
    "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n4\r\nfilm\r\n0\r\nX-Sum: a\r\nLocation: http://backend/\r\n\r\n";
  await everywhere(bytes, (got, what) => assert.equal(got.body.toString(), "film", what), "/film");
  for (const protocol of ["HTTP/1.1", "HTTP/2"] as const) {
    const got = await enforcing.ask(bytes, { protocol }, "/film");
    assert.deepEqual(got.trailers, { "x-sum": "a" }, protocol);
  }
});
