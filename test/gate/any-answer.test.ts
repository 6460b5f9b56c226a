import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  type AskedAs,
  fieldsOf,
  type Got,
  type RawBackend,
  startRawBackend,
} from "./raw-backend.ts";

const statuses = [
  100, 101, 103, 199, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299, 300, 301, 302, 303,
  304, 305, 306, 307, 308, 400, 401, 404, 407, 418, 451, 499, 500, 503, 599, 600, 700, 999,
];
const bodies = {
  none: "",
  small: '{"ok":true,"secret":"s-1"}',
  large: JSON.stringify({ ok: true, pad: "x".repeat(2000), secret: "s-1" }),
  text: "not JSON: s-1",
};
const types = ["application/json", "text/plain", "none of both", undefined];
const callers: readonly AskedAs[] = (["HTTP/1.1", "HTTP/2"] as const).flatMap((protocol) =>
  (["GET", "HEAD"] as const).flatMap((method) => [
    { protocol, method },
    { protocol, method, headers: { "accept-encoding": "gzip" } },
  ]),
);

const gates = new Map<string, RawBackend>();
before(async () => {
  for (const mode of ["enforce", "observe"])
    gates.set(mode, await startRawBackend(`mode: { default: ${mode}, limit: off }\n`));
});
after(() => {
  for (const gate of gates.values()) gate.close();
});

interface Case {
  readonly what: string;
  readonly status: number;
  readonly as: AskedAs;
  readonly bytes: string;
}

const bytesOf = (
  status: number,
  type: string | undefined,
  body: string,
  isFramed: boolean,
  isHead: boolean,
): string =>
  [
    `HTTP/1.1 ${status} Any`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...(isFramed ? [`Content-Length: ${body.length}`] : []),
    "X-Internal: s-1",
    "Connection: close",
    "",
    isHead ? "" : body,
  ].join("\r\n");

/** Every combination of the tables above. */
const allCases = statuses.flatMap((status) =>
  Object.entries(bodies).flatMap(([name, body]) =>
    types.flatMap((type) =>
      [true, false].flatMap((isFramed) =>
        callers.map(
          (as): Case => ({
            what: `${status} ${name} ${type ?? "untyped"} ${isFramed ? "framed" : "until closed"} ${JSON.stringify(as)}`,
            status,
            as,
            bytes: bytesOf(status, type, body, isFramed, as.method === "HEAD"),
          }),
        ),
      ),
    ),
  ),
);

/** Every exchange ends with one whole answer that any client reads alike. */
function wellFormed({ as, what }: Case, got: Got): void {
  assert.equal(got.broken, undefined, what);
  assert.ok(got.status >= 200 && got.status <= 599, `${what}: ${got.status}`);
  const [length, ...lengths] = fieldsOf(got, "content-length");
  assert.equal(lengths.length, 0, what);
  const bodyless = as.method === "HEAD" || [204, 205, 304].includes(got.status);
  if (bodyless) assert.equal(got.body.length, 0, what);
  else if (length !== undefined) assert.equal(Number(length), got.body.length, what);
  if (as.headers === undefined) assert.deepEqual(fieldsOf(got, "content-encoding"), [], what);
  assert.ok(fieldsOf(got, "vary").length <= 1, what);
}

const plainOf = (got: Got): string =>
  (fieldsOf(got, "content-encoding")[0] === "gzip" && got.body.length > 0
    ? gunzipSync(got.body)
    : got.body
  ).toString();

async function walk(mode: string, look: (one: Case, got: Got) => void): Promise<void> {
  const gate = gates.get(mode) as RawBackend;
  const waiting = allCases.values();
  const walker = async (): Promise<void> => {
    for (const one of waiting) {
      const got = await gate.ask(one.bytes, one.as);
      wellFormed(one, got);
      look(one, got);
    }
  };
  await Promise.all(Array.from({ length: 12 }, walker));
  // The connection of the first exchange still stands, and so does its thread.
  assert.equal(gate.session.destroyed, false);
  assert.doesNotMatch(gate.gate.said(), /thread has ended/);
}

test("whatever a backend answers, every exchange ends with one well-formed answer of which nothing undeclared is part, and the thread goes on", async () => {
  await walk("enforce", ({ status, what }, got) => {
    assert.doesNotMatch(plainOf(got), /s-1/, what);
    assert.deepEqual(fieldsOf(got, "x-content-type-options"), ["nosniff"], what);
    // A field that only this API knows leaves with what the document names alone.
    if (status !== 200 && status !== 304) assert.deepEqual(fieldsOf(got, "x-internal"), [], what);
    if (status < 200 || status > 599) assert.equal(got.status, 502, what);
    else if (status >= 300) assert.equal(got.status, status, what);
  });
});

test("where everything is observed, an answer leaves as it came, and the thread goes on", async () => {
  await walk("observe", ({ as, bytes, status, what }, got) => {
    if (status < 200 || status > 599) return;
    assert.equal(got.status, status, what);
    assert.deepEqual(fieldsOf(got, "x-internal"), ["s-1"], what);
    if (as.method === "HEAD" || [204, 205, 304].includes(status)) return;
    assert.equal(plainOf(got), bytes.slice(bytes.indexOf("\r\n\r\n") + 4), what);
  });
});
