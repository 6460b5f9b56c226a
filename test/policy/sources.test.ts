import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Plan, readPolicy } from "@portcullis/guard/policy";
import { programFormat } from "../../packages/server/src/policy/program-policy.ts";
import { directory, document, planned } from "./planned.ts";

const addressesOf = (plan: Plan | undefined): readonly string[] | undefined =>
  plan?.state === "memory" ? undefined : plan?.state.addresses;

test("the environment overrides the file, flags override both, and a misspelt variable is a fault", async () => {
  const { plan: read } = await planned("state: memory\n", {
    PORTCULLIS_STATE: "redis://counts.internal",
    PORTCULLIS_ENV: "production",
  });
  assert.deepEqual(addressesOf(read), ["redis://counts.internal"]);
  assert.equal(
    (await planned("", { PORTCULLIS_STATE: "redis://counts.internal" }, [[["state"], "memory"]]))
      .plan?.state,
    "memory",
  );
  assert.match(
    (await planned("", { PORTCULLIS_LISTN_PORT: "1" })).faults.join("\n"),
    /PORTCULLIS_LISTN_PORT is no setting \(Did you mean PORTCULLIS_LISTEN_PORT\?\)/,
  );
  assert.match(
    (await planned("", { PORTCULLIS_LISTEN_PORT: "eight" })).faults.join("\n"),
    /'port' is "eight"/,
  );
});

test("variables that Kubernetes makes for a service of the same name are no settings", async () => {
  const { faults } = await planned("", {
    PORTCULLIS_PORT: "tcp://10.96.0.12:8443",
    PORTCULLIS_ADMIN_PORT: "tcp://10.96.0.12:9443",
    PORTCULLIS_SERVICE_HOST: "10.96.0.12",
    PORTCULLIS_SERVICE_PORT: "8443",
    PORTCULLIS_SERVICE_PORT_HTTPS: "8443",
    PORTCULLIS_PORT_8443_TCP: "tcp://10.96.0.12:8443",
    PORTCULLIS_PORT_8443_TCP_PROTO: "tcp",
    PORTCULLIS_PORT_8443_TCP_PORT: "8443",
    PORTCULLIS_PORT_8443_TCP_ADDR: "10.96.0.12",
  });
  assert.deepEqual(faults, []);
});

test("a module says the same as a file, and one that throws says why", async () => {
  const file = join(directory, "portcullis.config.mjs");
  writeFileSync(
    file,
    `export default { portcullis: 1, mode: "enforce", apis: [{ openapi: ${JSON.stringify(document)}, upstream: "http://127.0.0.1:4000" }] };`,
  );
  const { faults, policy } = await readPolicy({ file, environment: {}, flags: [] }, programFormat);
  assert.deepEqual(faults, []);
  assert.equal(policy?.mode, "enforce");
  writeFileSync(file, "throw new Error('broken on purpose');");
  assert.match(
    (await readPolicy({ file, environment: {}, flags: [] }, programFormat)).faults[0]?.message ??
      "",
    /broken on purpose/,
  );
});
