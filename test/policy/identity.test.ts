import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "@portcullis/guard/policy";
import { planned } from "./planned.ts";

async function plan(
  text: string,
): Promise<{ readonly controls: Plan["controls"] | undefined; readonly faults: string }> {
  const { faults, plan: made } = await planned(text);
  return { controls: made?.controls, faults: made === undefined ? faults.join("\n") : "" };
}
const builtin = (rest: string, also = ""): string =>
  `publicUrl: https://api.example.com\nidentity: { issuer: builtin, audience: https://api.example.com${rest} }\nroles: { member: [x] }\n${also}`;

test("the built-in issuer is known by its public address, and its tokens may be bound", async () => {
  const { controls, faults } = await plan(
    builtin("", "apps: [{ id: app, redirectUris: [com.example.app:/in] }]"),
  );
  assert.equal(faults, "");
  assert.deepEqual(
    [
      controls?.authentication?.main?.issuer,
      controls?.binding.binding,
      controls?.authentication?.main?.algorithms,
      controls?.authentication?.main?.places.map(({ source }) =>
        "scheme" in source ? source.scheme : "",
      ),
    ],
    ["https://api.example.com", "optional", ["ES256"], ["Bearer", "DPoP"]],
  );
});

test("what cannot be safe is refused before anybody signs in", async () => {
  const cases: [string, RegExp][] = [
    ["identity: { issuer: builtin, audience: a }", /needs the address it is known by/],
    [
      builtin("").replace("https://api.example.com\n", "https://api.example.com/path\n"),
      /lives at the root/,
    ],
    [builtin("").replace("publicUrl: https:", "publicUrl: http:"), /over https only/],
    [builtin(", accessToken: { ttl: 1h }"), /longer than fifteen minutes/],
    [builtin(", accessToken: { ttl: 30s }"), /less than a minute/],
    [builtin(", accessToken: { ttl: 2d, longerBecause: batch }"), /longer than a day/],
    [builtin(", refreshToken: { ttl: 1d, idle: 2d }"), /idle for longer than it lives/],
    [
      builtin(", refreshToken: { idle: 1d, retryWindow: 7d }"),
      /lost answer cannot be asked for again/,
    ],
    [builtin(", retention: { devices: 7d }"), /forgotten while they are still signed in/],
    [builtin(", signIn: { roles: [membre] }"), /there is no role 'membre'/],
    [builtin(", mail: { from: a@b.example }"), /handed to one of two/],
    [builtin(", mail: { smtp: { host: smtp.example } }"), /needs a sender/],
    [builtin(", mail: { smtp: { host: smtp.example }, from: 'a@b, c@d' }"), /'from' is/],
    ...[
      ["username: gate", /one half of the sign-in/],
      ["security: none", /for everybody to read/],
    ].map(([more, words]): [string, RegExp] => [
      builtin(`, mail: { from: a@b.example, smtp: { host: smtp.example, ${String(more)} } }`),
      words as RegExp,
    ]),
    [builtin(", jwksUri: https://x.example"), /knows its own keys/],
    ...[
      "app:/in",
      "http://example.com/in",
      "https://user@example.com/in",
      "https://example.com/in#f",
      "https://*.example.com/in",
      "com.example.app",
    ].map((uri): [string, RegExp] => [
      builtin("", `apps: [{ id: app, redirectUris: ["${uri}"] }]`),
      /scheme that any app|not encrypted|carries a user|fragment or a star|an address/,
    ]),
    [
      builtin("", "apps: [{ id: app, kind: web, redirectUris: [com.example.app:/in] }]"),
      /no address of a web app/,
    ],
    [
      builtin("", "apps: [{ id: app, redirectUris: [com.a.b:/in], keys: { file: k.json } }]"),
      /cannot keep a key/,
    ],
    [
      builtin("", "apps: [{ id: app, kind: web, redirectUris: [https://a.b/in], keys: {} }]"),
      /in a file or at an address/,
    ],
    [
      builtin(
        ", accessToken: { binding: dpop }",
        "apps: [{ id: app, kind: web, redirectUris: [https://a.b/in], keys: { certificate: c } }]",
      ),
      /nobody is asked for a certificate/,
    ],
    [
      builtin("", "apps: [{ id: app, kind: web, redirectUris: [https://a.b/in], serves: [x] }]"),
      /only an app that proves who it is[^]*no token is for 'x'/,
    ],
    [
      "identity: { issuer: https://login.example.com, audience: a, signIn: { title: x } }",
      /a setting of the built-in issuer/,
    ],
    [
      "identity: { issuer: https://login.example.com, audience: a, accessToken: { ttl: 5m } }",
      /said by their issuer/,
    ],
    [
      "identity: { issuer: https://login.example.com, audience: a, accessToken: { binding: dpop } }",
      /made for a public address/,
    ],
    [
      "apps: [{ id: app, redirectUris: [com.example.app:/in] }]",
      /a setting of the built-in issuer/,
    ],
  ];
  for (const [text, expected] of cases) assert.match((await plan(text)).faults, expected, text);
});

test("longer tokens are possible with a reason, and another issuer's tokens are not bound unless the policy says so", async () => {
  assert.equal(
    (await plan(builtin(", accessToken: { ttl: 1h, longerBecause: partners cannot refresh }")))
      .faults,
    "",
  );
  const { controls } = await plan("identity: { issuer: https://login.example.com, audience: a }");
  assert.deepEqual(
    [controls?.binding.binding, controls?.authentication?.main?.places.length],
    ["none", 1],
  );
});
