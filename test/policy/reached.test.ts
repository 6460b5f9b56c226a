import assert from "node:assert/strict";
import { test } from "node:test";
import { document, planned } from "./planned.ts";

const apis = (upstream: string): string =>
  `apis: [{ openapi: ${document}, upstream: { ${upstream} } }]\n`;
const tls = "tls: { cert: a.crt, key: a.key }";
const pin = `sha256/${"A".repeat(43)}=`;

const table: readonly (readonly [policy: string, fault: RegExp | undefined])[] = [
  ["admin: { host: 127.0.0.1 }", undefined],
  ["admin: { host: '::1' }", undefined],
  ["admin: { host: localhost }", undefined],
  [`admin: { host: 10.0.0.5, exposed: true, ${tls} }`, undefined],
  [`admin: { host: 10.0.0.5, ${tls} }`, /would reach the admin port.*exposed: true/],
  ["admin: { host: 10.0.0.5, exposed: true }", /credential unencrypted.*Name a certificate/],
  ["admin: { host: 0.0.0.0 }", /unencrypted[\s\S]*would reach the admin port/],
  [`admin: { host: '::', ${tls} }`, /would reach/],
  [`admin: { host: '::ffff:127.0.0.1', ${tls} }`, /would reach/],
  [`admin: { host: gate.internal, ${tls} }`, /would reach/],
  ["admin: { url: https://console.example.com:9443 }", undefined],
  ["admin: { url: http://localhost:8000 }", undefined],
  ["admin: { url: http://gate.localhost:8000/ }", undefined],
  ["admin: { url: http://console.example.com }", /on the way would take over.*Use https/],
  ["admin: { url: http://localhost.example.com }", /on the way would take over/],
  ["admin: { url: https://10.0.0.5:9443 }", /passkeys hold for a name.*Give it a name/],
  ["admin: { url: 'https://[::1]:9443' }", /passkeys hold for a name/],
  ["admin: { url: https://console.example.com/gate }", /to itself.*Leave the path/],
  ["admin: { url: https://ada@console.example.com }", /to itself/],
  ["admin: { url: 'https://console.example.com/?a' }", /is no address of a console/],
  ["admin: { url: console.example.com }", /is no address of a console/],
  ["admin: { tls: { cert: a.crt } }", /a certificate needs its key/],
  ["admin: { tls: { key: a.key } }", /a key its certificate/],
  ["listen: { host: 10.0.0.4 }", undefined],
  ["listen: { host: 10.0.0.4, tls: off }\ntrustedProxies: [10.0.0.9/32]", undefined],
  ["listen: { host: 10.0.0.4, tls: off }", /can be read on its way here/],
  [apis(`targets: "https://a:1", tls: { pins: [${pin}] }`), undefined],
  [apis(`targets: "https://a:1", tls: { cert: a.crt, key: a.key }`), undefined],
  [apis(`targets: ["https://a:1", "http://b:1"], tls: { pins: [${pin}] }`), /b:1 is reached with/],
  [apis("targets: unix:/a.sock, tls: { authorities: a.pem }"), /a\.sock is reached without TLS/],
  [apis('targets: "https://a:1", tls: { cert: a.crt }'), /a certificate needs its key/],
  [apis('targets: "https://a:1", tls: { pins: [] }'), /'pins' is a list/],
  [apis('targets: "https://a:1", tls: { pins: [sha1/abc] }'), /'pins' holds "sha1\/abc"/],
  [apis('targets: "https://a:1", tls: { authorities: [] }'), /'authorities' is a list/],
  [apis('targets: "https://a:1", tls: { serverName: 10.0.0.1 }'), /'serverName' is "10\.0\.0\.1"/],
  [apis('targets: "https://a:1", tls: { rejectUnauthorized: false }'), /is not known here/],
];

for (const [policy, fault] of table)
  test(`${policy.trim()} ${fault === undefined ? "is understood" : "is a fault with its mend"}`, async () => {
    const { faults, plan } = await planned(`${policy}\n`);
    if (fault === undefined) {
      assert.deepEqual(faults, []);
      assert.ok(plan !== undefined);
    } else assert.match(faults.join("\n"), fault);
  });

test("a key of a backend's certificate is not shown where something else stands in its place", async () => {
  const secret = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
  const { faults } = await planned(apis(`targets: "https://a:1", tls: { key: [${secret}] }`));
  assert.match(faults.join("\n"), /'key' is a list/);
  assert.ok(!faults.join("\n").includes(secret));
});
