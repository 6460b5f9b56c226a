import assert from "node:assert/strict";
import { test } from "node:test";
import { planned } from "./planned.ts";

test("a variable stands in any scalar, as a text, a number or a flag, with what stands otherwise", async () => {
  const policy = (apis: string, rest = ""): string => `${rest}apis: [${apis}]\n`;
  const { document } = await import("./planned.ts");
  const text = policy(
    `{ openapi: ${document}, upstream: { targets: "http://\${BACKEND_HOST}:\${BACKEND_PORT:-4000}", connections: "\${MOST:-7}" }, version: "\${VERSION:-v9}" }`,
    'mode: "${MODE:-observe}"\noperations: [{ match: "*", entityTags: "${TAGS}" }]\n',
  );
  const { faults, plan } = await planned(text, { BACKEND_HOST: "api.internal", TAGS: "true" });
  assert.deepEqual(faults, []);
  const [api] = plan?.apis ?? [];
  assert.deepEqual(api?.upstream.targets, ["http://api.internal:4000"]);
  assert.equal(api?.upstream.connections, 7);
  assert.equal(api?.version, "v9");
  assert.equal(api?.operations[0]?.entityTags, true);
});

test("a variable that is not set is a fault at its line, and two dollars are one", async () => {
  const { faults, plan } = await planned('operations:\n  - { match: "${ABSENT}" }\n');
  assert.equal(plan, undefined);
  assert.match(faults.join("\n"), /^4:\d+ the variable ABSENT is not set \(Set ABSENT/m);
  const escaped = await planned('operations: [{ match: "$${ABSENT}" }]\n');
  assert.match(escaped.faults.join("\n"), /"\$\{ABSENT\}"/);
});

test("the value of a variable is shown by no message: it may be a secret", async () => {
  for (const text of [
    'mode: "${SECRET}"\n',
    'publicUrl: "${SECRET}"\n',
    'operations: [{ match: getAccount, maxBodySize: "${SECRET}" }]\n',
    'operations: [{ match: "${SECRET}", maxBodySize: 1kB }]\n',
    'operations: [{ match: getAccount, allow: { roles: ["${SECRET}"] } }]\nroles: { a: [] }\n',
  ]) {
    const { faults, plan } = await planned(text, { SECRET: "s3cret-value" });
    assert.equal(plan, undefined, text);
    assert.doesNotMatch(faults.join("\n"), /s3cret/, text);
  }
});
