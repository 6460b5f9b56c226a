import assert from "node:assert/strict";
import { test } from "node:test";
import type { Arrival } from "../../facts/arrival.ts";
import { noHeaderFields } from "../../facts/header-fields.ts";
import { RequestFieldRules } from "./field-rules.ts";
import { headerActions } from "./header-actions.ts";
import { mostHeaderFields, readFields } from "./read-fields.ts";

/** Why fields, flat, are refused; else what goes on of them. */
function read(...rawHeaders: string[]): string | readonly string[] {
  const reading = {
    arrival: { rawHeaders } as unknown as Arrival,
    fields: noHeaderFields(),
    forwardFields: [] as string[],
    fieldDoubts: undefined,
  };
  const refused = readFields(reading, new RequestFieldRules([], []));
  return refused?.problem.code ?? reading.forwardFields;
}

test("a field that may be sent once only is refused when it is sent twice, in whatever values", () => {
  for (const [name, { fact, join, single }] of headerActions) {
    if (fact === undefined && single !== true) continue;
    const value = name === "transfer-encoding" ? "chunked" : "5";
    assert.notEqual(read(name, value), "header-malformed", name);
    for (const second of [value, "6"]) {
      const told = read(name, value, name.toUpperCase(), second);
      if (join === undefined) assert.equal(told, "header-malformed", `${name} ${second}`);
      else assert.notEqual(told, "header-malformed", `${name} ${second}`);
    }
  }
});

test("several fields that are one list go on as one, joined as they were read", () => {
  assert.deepEqual(read("Cookie", "a=1", "X-Other", "x", "cookie", "b=2"), [
    "Cookie",
    "a=1; b=2",
    "X-Other",
    "x",
  ]);
  assert.deepEqual(read("Accept", "a/b", "Accept", "c/d"), ["Accept", "a/b, c/d"]);
});

test("a length and a coding together are two ends of one message, and any coding but chunked none", () => {
  const length = ["Content-Length", "5"];
  for (const coding of ["chunked", "identity", ""]) {
    const coded = ["Transfer-Encoding", coding];
    assert.equal(read(...length, ...coded), "framing-ambiguous", coding);
    assert.equal(read(...coded, ...length), "framing-ambiguous", coding);
  }
  for (const coding of ["gzip", "gzip, chunked", "chunked, chunked", "identity", ""])
    assert.equal(read("Transfer-Encoding", coding), "framing-ambiguous", coding);
  assert.deepEqual(read("Transfer-Encoding", " Chunked "), []);
  assert.deepEqual(read(...length), []);
});

test("Connection takes away what is named in it, and nothing that the gate goes by", () => {
  assert.deepEqual(read("X-Hop", "1", "X-Kept", "2", "Connection", "close, x-hop"), [
    "X-Kept",
    "2",
  ]);
  for (const name of ["authorization", "Content-Type", "x_forwarded_for", "portcullis-app"])
    assert.equal(read("Connection", `close, ${name}`), "header-malformed", name);
});

test("there are as many fields as any app sends, and not one more", () => {
  const fields = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => [`X-${index}`, "1"]).flat();
  assert.equal(read(...fields(mostHeaderFields)).length, mostHeaderFields * 2);
  assert.equal(read(...fields(mostHeaderFields + 1)), "headers-too-large");
});
