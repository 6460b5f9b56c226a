import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Upstream } from "@portcullis/guard/upstream";
import { readOpenApi } from "../../packages/guard/src/document/read-openapi.ts";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import { findingLines } from "../../packages/server/src/cli/verbs/check/finding-lines.ts";
import { type Got, plannedJourney } from "../security/planned-journey.ts";
import { headOf } from "./fault-kind.ts";
import { faultKinds } from "./fault-kinds.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-documents-"));
const versions = ["3.0.3", "3.1.0", "3.2.0"];

function written(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

test("no document is refused for a line of it: each kind of fault is named at its line, and costs one operation one check", () => {
  for (const version of versions)
    for (const { line, name, says, text, unchecked } of faultKinds) {
      const { document, faults } = readOpenApi(written("openapi.yaml", headOf(version) + text));
      const act = document?.operations.find(({ pathTemplate }) => pathTemplate.startsWith("/act"));
      assert.ok(act !== undefined, `${name}: ${JSON.stringify(faults)}`);
      const named = faults.find(({ message }) => says.test(message));
      assert.equal(named?.line, line, `${name}: ${JSON.stringify(faults)}`);
      assert.equal(named?.tolerated, true, name);
      assert.ok(
        faults.every(({ severity }) => severity === "warning"),
        name,
      );
      if (name === "a security scheme that is not understood") continue;
      assert.deepEqual(act.unchecked ?? [], unchecked, `${name} (${version})`);
    }
});

test("with --strict each of them is refused", async () => {
  for (const { name, text } of faultKinds) {
    written("openapi.yaml", headOf("3.1.0") + text);
    const { plan } = await loadPolicy(sources(policyOf("")), { strict: true });
    assert.equal(plan, undefined, name);
  }
});

const policyOf = (operations: string): string =>
  `portcullis: 1\nmode: enforce\napis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]\nidentity: { issuer: https://login.example, audience: x }\n${operations}`;
const sources = (policy: string) => ({
  file: written("portcullis.yaml", policy),
  environment: {},
  flags: [],
});

const backend: Upstream = {
  forward(_request, receiver) {
    receiver.onHead(200, ["content-type", "text/plain"]);
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};
const ask = async (text: string, operations: string): Promise<Got> => {
  const journey = await plannedJourney({
    backend,
    document: headOf("3.1.0") + text,
    policy: policyOf(operations),
  });
  const path = /^ {2}(\/?act[^:]*):/m.exec(text)?.[1] ?? "/act";
  return journey("u", "POST", `/${path.replace(/^\//, "").replaceAll(/\{[^}]+\}/g, "1")}`);
};

test("an operation whose requests cannot be checked is closed, unless the policy accepts it; one whose security cannot be read lets nobody in", async () => {
  for (const { name, text, unchecked } of faultKinds) {
    if (name === "a security scheme that is not understood") continue;
    const accepted = "operations: [{ match: '*', accept: [unchecked] }]\n";
    const [closed, opened] = [await ask(text, ""), await ask(text, accepted)];
    const expected = unchecked.includes("security")
      ? "rule-missing"
      : unchecked.includes("request")
        ? "request-uncheckable"
        : undefined;
    assert.equal(closed.code, expected, name);
    assert.equal(opened.code, unchecked.includes("security") ? "rule-missing" : undefined, name);
    const allowed = "operations: [{ match: '*', accept: [unchecked], allow: anyone }]\n";
    assert.equal((await ask(text, allowed)).code, undefined, name);
  }
});

test("check says which operations are not checked, and whether they are closed", async () => {
  const kind = faultKinds.find(({ name }) => name === "a type that does not exist");
  written("openapi.yaml", headOf("3.1.0") + (kind?.text ?? ""));
  const found = async (operations: string): Promise<string> => {
    const { plan } = await loadPolicy(sources(policyOf(operations)));
    assert.ok(plan !== undefined);
    return findingLines(plan).join("\n");
  };
  assert.match(await found(""), /cannot be checked as the document says, and .* closed.*: act$/m);
  assert.doesNotMatch(
    await found("operations: [{ match: act, accept: [unchecked] }]\n"),
    /cannot be checked/,
  );
});
