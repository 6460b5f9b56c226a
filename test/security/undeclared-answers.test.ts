import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ask, fieldOf, id, json, openGates, thing } from "./answering-backend.ts";
import type { Got } from "./planned-journey.ts";

before(openGates);

interface Row {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: string;
  /** What leaves where disclosure is enforced: a status with a problem, a shape, or nothing. */
  readonly leaves: "problem" | "shape" | "nothing" | "refusal";
}
const rows: readonly Row[] = [
  ...[201, 202, 203, 226].map(
    (status): Row => ({ status, fields: json, body: thing, leaves: "shape" }),
  ),
  { status: 200, fields: ["Content-Type", "application/hal+json"], body: thing, leaves: "shape" },
  { status: 200, fields: [], body: thing, leaves: "shape" },
  { status: 203, fields: [], body: thing, leaves: "shape" },
  { status: 200, fields: [], body: "", leaves: "nothing" },
  { status: 202, fields: [], body: "", leaves: "nothing" },
  { status: 204, fields: [], body: "", leaves: "nothing" },
  { status: 202, fields: ["Content-Length", "0"], body: "", leaves: "nothing" },
  { status: 200, fields: ["Content-Type", "text/plain"], body: thing, leaves: "refusal" },
  { status: 200, fields: ["Content-Type", "text/html"], body: thing, leaves: "refusal" },
  { status: 200, fields: ["Content-Type", "nonsense"], body: thing, leaves: "refusal" },
  { status: 200, fields: [], body: `id is ${id}, s-1`, leaves: "refusal" },
  { status: 203, fields: json, body: `[${thing}]`, leaves: "refusal" },
  { status: 203, fields: json, body: '{"secret":"s-1","name":"n"}', leaves: "refusal" },
  { status: 206, fields: json, body: thing, leaves: "refusal" },
  { status: 203, fields: json, body: "{", leaves: "refusal" },
  ...[300, 301, 302, 303, 307, 308].map(
    (status): Row => ({
      status,
      fields: ["Location", "/elsewhere", "Content-Type", "text/html"],
      body: `<a>${id} s-1</a>`,
      leaves: "nothing",
    }),
  ),
  ...[400, 401, 404, 409, 418, 422, 500, 503, 599].flatMap((status): Row[] =>
    [json, ["Content-Type", "text/html"], []].map((fields) => ({
      status,
      fields,
      body: thing,
      leaves: "problem",
    })),
  ),
  { status: 400, fields: ["Content-Length", "0"], body: "", leaves: "nothing" },
];

/** Nothing that only this API understands leaves. */
function tellsNothing(gate: string, { fields, status }: Row, got: Got, what: string): void {
  // Who only seals says nothing of properties that are not declared.
  if (gate !== "only sealed") assert.doesNotMatch(got.body, /s-1/, what);
  if (gate !== "enforced") assert.doesNotMatch(got.body, /a-777/, what);
  const isNamed = status === 200 && fields.length === 0;
  if (!isNamed) assert.equal(fieldOf(got, "x-thing"), undefined, what);
}

const leavesAs: Readonly<Record<Row["leaves"], (gate: string, row: Row, got: Got) => void>> = {
  // An answer that cannot be read does not tell whose it is, where that matters.
  refusal: (gate, _row, got) =>
    assert.ok(got.status === 502 || (gate !== "enforced" && got.status === 404)),
  nothing: (_gate, _row, got) => assert.equal(got.body, ""),
  problem(_gate, { status }, got) {
    assert.equal(fieldOf(got, "content-type"), "application/problem+json");
    const problem = JSON.parse(got.body) as Record<string, unknown>;
    assert.equal(problem["status"], status);
    assert.equal(problem["code"], "answer-undeclared");
  },
  shape(gate, _row, got) {
    const shaped = JSON.parse(got.body) as Record<string, unknown>;
    assert.equal(shaped["name"], "n");
    assert.match(fieldOf(got, "content-type") ?? "", /json/);
    if (gate === "enforced") assert.deepEqual(shaped, { id, name: "n" });
  },
};

for (const gate of ["enforced", "sealed", "only sealed"])
  test(`an answer that the document does not name leaves as its status, or as far as it fits the nearest shape (${gate})`, async () => {
    for (const row of rows) {
      const { body, fields, leaves, status } = row;
      const what = `${status} ${fields.join()} ${body}`;
      const got = await ask(gate, status, [...fields, "X-Thing", id, "Retry-After", "3"], body);
      tellsNothing(gate, row, got, what);
      leavesAs[leaves](gate, row, got);
      if (leaves === "refusal") continue;
      assert.equal(got.status, status, what);
      assert.equal(fieldOf(got, "retry-after"), "3", what);
    }
  });

test("a status that is named without its content lets no id leave unsealed", async () => {
  const target = "/bare/a-1";
  for (const gate of ["sealed", "only sealed"])
    for (const [status, fields, body, expected] of [
      [200, json, thing, 200],
      [200, [], thing, 200],
      [200, ["Content-Type", "text/plain"], thing, 502],
      [200, [], "", 200],
      [200, ["Content-Length", "0", "X-Thing", "1"], "", 200],
      [302, ["Location", "/a"], id, 302],
      [404, json, thing, 404],
      [404, ["Content-Type", "text/html"], thing, 404],
      [404, [], id, 404],
      [410, [], id, 410],
      [410, [], "", 410],
    ] as const) {
      const got = await ask(gate, status, fields, body, { target });
      const what = `${gate} ${status} ${fields.join()} ${body}`;
      assert.equal(got.status, expected, what);
      assert.doesNotMatch(got.body, /a-777/, what);
      if (fields.includes("X-Thing" as never)) assert.equal(fieldOf(got, "x-thing"), "1");
    }
  assert.equal((await ask("enforced", 200, json, thing, { target })).body, thing);
});

test("where it is only observed, it leaves as it came, and the record says what would have become of it", async () => {
  for (const { body, fields, status } of rows) {
    if (body === "") continue;
    const got = await ask("observed", status, [...fields, "X-Thing", id], body);
    const what = `${status} ${fields.join()} ${body}`;
    assert.equal(got.status, status, what);
    assert.equal(got.body, body, what);
    assert.equal(fieldOf(got, "x-thing"), id, what);
    assert.equal(got.code, undefined, what);
    const isNamed = status === 200 && fields.length === 0;
    assert.ok(
      got.decisions.some((one) => /^(answer-undeclared|response-unreadable) observe$/.test(one)) ||
        (isNamed && got.decisions.length === 0),
      `${what}: ${got.decisions.join()}`,
    );
  }
});

test("where the document is enforced too, the backend is refused as before", async () => {
  for (const status of [203, 302, 404, 500]) {
    const got = await ask("both", status, json, thing);
    assert.equal(got.status, 502);
    assert.equal(got.code, "response-undeclared");
  }
});

test("a part of what no control reads leaves in parts, and 304 and the head of it leave", async () => {
  const target = "/films/x";
  for (const type of ["video/mp4", "multipart/byteranges; boundary=b"]) {
    const part = ["Content-Type", type, "Content-Range", "bytes 0-3/9"];
    const got = await ask("both", 206, part, "film", { target });
    assert.equal(got.status, 206, type);
    assert.equal(fieldOf(got, "content-range"), "bytes 0-3/9");
  }
  assert.equal((await ask("both", 304, ["ETag", '"1"'], "", { target })).status, 304);
  const head = await ask("both", 200, [...json, "Content-Length", "99"], "", { method: "HEAD" });
  assert.equal(head.status, 200);
  // It would be the length of what is stripped.
  assert.equal(fieldOf(head, "content-length"), undefined);
});
