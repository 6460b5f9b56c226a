import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import { lookAsUp } from "../../packages/server/src/control/look-as-up.ts";
import { run } from "../../packages/server/src/cli/run.ts";
import { makeAuthority } from "../certificate-authority.ts";
import { directory, document, identity } from "./planned.ts";

const authority = await makeAuthority("looked-at");
const names = { names: ["localhost"] };
const [right, ended] = [
  await authority.issue(names),
  await authority.issue({ ...names, from: -3, to: -1 }),
];
const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
write("right.crt", right.cert);
write("right.key", right.key);
write("ended.crt", ended.cert);
write("ended.key", ended.key);
write("ca.pem", authority.cert);
write("empty", "");

const api = (more = ""): string =>
  `apis: [{ openapi: ${document}, upstream: { targets: "https://localhost:1"${more} } }]`;
const free = "listen: { port: 0 }\nadmin: { port: 0 }\n";

async function looked(
  policy: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const file = join(directory, "looked-at.yaml");
  writeFileSync(file, `portcullis: 1\n${policy.includes("apis:") ? "" : `${api()}\n`}${policy}`);
  const loaded = await loadPolicy({ file, environment, flags: [] });
  if (loaded.plan === undefined || loaded.policy === undefined)
    assert.fail(JSON.stringify(loaded.faults));
  const faults = await lookAsUp({ ...loaded, policy: loaded.policy, environment });
  assert.ok(faults.every(({ severity }) => severity === "warning"));
  return faults.map(
    ({ column, line, mend, message }) => `${line}:${column} ${message} ${mend ?? ""}`,
  );
}

const bank = `apis: [{ openapi: ${join(import.meta.dirname, "../../examples/harbour/openapi.v1.yaml")}, upstream: "http://127.0.0.1:1" }]\n`;
const listen = (tls: string): string => `listen: { port: 0, tls: ${tls} }\nadmin: { port: 0 }\n`;
const table: readonly (readonly [string, RegExp | undefined, Record<string, string>?])[] = [
  [free, undefined],
  [free, /^3:\d+ .*no certificate is configured.* Name your/, { PORTCULLIS_ENV: "production" }],
  [listen("{ cert: right.crt, key: right.key }"), undefined],
  [listen("{ cert: absent.crt, key: right.key }"), /absent\.crt cannot be read \(ENOENT\)/],
  [listen("{ cert: ended.crt, key: ended.key }"), /ended\.crt ended on/],
  [listen("{ cert: right.crt, key: ended.key }"), /is not the key of/],
  [
    `listen: { port: 0 }\nadmin: { port: 0, tls: { cert: empty, key: empty } }\n`,
    /^4:\d+ .*not a c/,
  ],
  [`${free}${api(", tls: { authorities: ca.pem }")}`, undefined],
  [`${free}${api()}\nstate: { redis: rediss://a, tls: { authorities: ca.pem } }\n`, undefined],
  [
    `${free}${api()}\nstate: { redis: rediss://a, tls: { authorities: empty } }\n`,
    /state\.tls\.authorities: .*holds no cert/,
  ],
  [`${free}${api(", tls: { authorities: empty }")}`, /^4:\d+ .*tls\.authorities: .*holds no cert/],
  [`${free}${api(", tls: { cert: right.crt, key: ended.key }")}`, /tls\.key names is not the key/],
  [
    `${free}decisionPoints: { fga: { form: authzen, url: "https://fga.internal", token: { env: FGA } } }\n`,
    /^5:\d+ .*decisionPoints\.fga\.token: the variable that env names is not set/,
  ],
  [
    `${free}identity: { sources: { legacy: { jwt: { algorithm: HS256, secret: { file: empty } } } } }\n`,
    /identity\.sources\.legacy\.jwt\.secret: what file names is empty/,
  ],
  [
    `${free}identity: { sources: { legacy: { jwt: { algorithm: HS256, secret: { env: SHORT } } } } }\n`,
    /identity\.sources\.legacy\.jwt\.secret/,
    { SHORT: "short" },
  ],
  [
    `${free}${identity}${bank}sealedIds: { document: { parameters: [documentId], properties: [Document/id] } }\nsealingKeys: [{ env: SEAL }]\n`,
    /sealingKeys, entry 1: it holds fewer than 32 bytes/,
    { SEAL: "c2hvcnQ=" },
  ],
];

for (const [policy, fault, environment] of table)
  test(`check looks as a start would: ${policy.replace(free, "").trim() || "nothing"} ${fault === undefined ? "would serve" : `(${fault.source})`}`, async () => {
    const faults = await looked(policy, environment);
    if (fault === undefined) assert.deepEqual(faults, []);
    else assert.match(faults.join("\n"), fault);
  });

test("a port that somebody else has is named with its place, and the check goes on", async () => {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const [fault = ""] = await looked(`listen: { port: 0 }\nadmin:\n  port: ${port}\n`);
  server.close();
  assert.match(fault, new RegExp(`port ${port} on 127\\.0\\.0\\.1 is already served`));
});

test("check ends with 0 while nothing is enforced, and with 1 once something stands open that is", async () => {
  const file = join(directory, "unfinished.yaml");
  const checked = async (mode: string, ...flags: readonly string[]): Promise<number> => {
    writeFileSync(file, `portcullis: 1\nmode: ${mode}\n${free}${api()}\n`);
    const nothing = (): void => undefined;
    return await run(["check", "--config", file, ...flags], { out: nothing, error: nothing });
  };
  assert.equal(await checked("observe"), 0);
  assert.equal(await checked("off"), 0);
  assert.equal(await checked("observe", "--fail-on", "finding"), 1);
  assert.equal(await checked("enforce"), 1);
  assert.equal(await checked("{ default: observe, limit: enforce }"), 1);
  assert.equal(await checked("{ enforce: { percent: 1 }, otherwise: observe }"), 1);
  assert.equal(await checked("enforce", "--fail-on", "error"), 0);
});
