import assert from "node:assert/strict";
import { test } from "node:test";
import type { Refusal } from "../../facts/refusal.ts";
import type { VersionPlan } from "./plan.ts";
import { compileSelectVersion } from "./select-version.ts";

const offered = ["v1", "v2"];

/** The version that a request asks for, or why it is refused. */
function selected(
  versioning: VersionPlan["versioning"],
  asked: {
    readonly headers?: readonly string[];
    readonly query?: string;
    readonly accept?: string;
  },
): string {
  const known = {
    arrival: { rawHeaders: asked.headers ?? [] },
    fields: { accept: asked.accept },
    query: asked.query ?? "",
    version: undefined as string | undefined,
  };
  const select = compileSelectVersion({ offered, versioning } as unknown as VersionPlan);
  const refusal = select(known as unknown as Parameters<typeof select>[0]) as Refusal | undefined;
  return refusal?.problem.code ?? known.version ?? "nothing";
}

const by = (
  from: "header" | "query" | "accept",
  otherwise?: string,
): VersionPlan["versioning"] => ({ from, name: from === "header" ? "x-version" : "v", otherwise });

test("a version is the one that is named, the usual one where none is, and refused where it is unknown", () => {
  assert.equal(selected(by("header"), { headers: ["X-Version", " v2 "] }), "v2");
  assert.equal(selected(by("query"), { query: "a=1&v=v1" }), "v1");
  assert.equal(selected(by("accept"), { accept: "application/json; version=v2" }), "v2");
  assert.equal(selected(by("accept"), { accept: "application/vnd.notes.v1+json" }), "v1");
  for (const from of ["header", "query", "accept"] as const) {
    assert.equal(selected(by(from, "v1"), {}), "v1", from);
    assert.equal(selected(by(from), {}), "version-unknown", from);
  }
  assert.equal(selected(by("header", "v1"), { headers: ["X-Version", "v3"] }), "version-unknown");
  assert.equal(selected(by("query", "v1"), { query: "v=" }), "version-unknown");
});

test("a request that names its version twice is refused, even where both are the same", () => {
  for (const second of ["v1", "v2"]) {
    const headers = ["X-Version", "v1", "x-version", second];
    assert.equal(selected(by("header"), { headers }), "header-malformed");
    assert.equal(selected(by("query"), { query: `v=v1&v=${second}` }), "header-malformed");
  }
  assert.equal(
    selected(by("accept"), { accept: "a/b; version=v1, c/d; version=v2" }),
    "header-malformed",
  );
  assert.equal(
    selected(by("accept"), { accept: `a/b; version=v1,${" ".repeat(2000)}` }),
    "header-malformed",
  );
});
