import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ask, fieldOf, json, openGates, thing } from "./answering-backend.ts";

before(openGates);

test("what a signed-in caller is shown is kept by nobody, unless backend or policy say otherwise", async () => {
  const etag = ["ETag", '"1"'];
  const modified = ["Last-Modified", "Sat, 21 Nov 2026 00:00:00 GMT"];
  const own = ["Cache-Control", "public, max-age=5"];
  const film = { target: "/films/x" };
  const video = ["Content-Type", "video/mp4"];
  for (const [gate, status, fields, at, expected] of [
    ["enforced", 200, json, {}, "private, no-store"],
    ["enforced", 404, json, {}, "private, no-store"],
    ["enforced", 302, ["Location", "/x"], {}, "private, no-store"],
    ["enforced", 200, [...json, ...etag], {}, "private, no-cache"],
    ["enforced", 200, [...video, ...modified], film, "private, no-cache"],
    ["enforced", 304, etag, film, "private, no-cache"],
    ["enforced", 200, [...json, ...own], {}, "public, max-age=5"],
    ["observed", 200, json, {}, undefined],
    ["kept", 200, json, {}, "public, max-age=60"],
    ["kept", 200, [...json, ...own], {}, "public, max-age=60"],
    ["kept", 500, json, {}, "private, no-store"],
    ["kept", 200, video, film, undefined],
    ["kept", 200, [...video, ...own], film, "public, max-age=5"],
  ] as const) {
    const got = await ask(gate, status, fields, status === 304 ? "" : thing, at);
    assert.equal(got.status, status);
    assert.equal(fieldOf(got, "cache-control"), expected, `${gate} ${status} ${fields.join()}`);
    assert.equal(
      fieldOf(got, "x-content-type-options"),
      gate === "observed" ? undefined : "nosniff",
    );
  }
});
