import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FieldGate, foldedNames, startFieldGate, valuesOf } from "./field-gate.ts";

let fields: FieldGate;
before(async () => {
  fields = await startFieldGate();
});
after(() => fields.close());

/** Fields that some program believes; none may reach a backend from a caller. */
const believed = `Remote-User Remote-Groups Remote-Email Remote-Name Remote-Addr X-Remote-User
X-Remote-Group X-Remote-Extra-Scopes X-Forwarded X-Forwarded-User X-Forwarded-Email
X-Forwarded-Groups X-Forwarded-Uri X-Forwarded-Method X-Forwarded-Host X-Forwarded-Port
X-Forwarded-Prefix X-Forwarded-Server X-Forwarded-Ssl X-Forwarded-Scheme X-Forwarded-Access-Token
X-Forwarded-Preferred-Username X-Forwarded-Client-Cert Forwarded X-Auth-Request-User
X-Auth-Request-Email X-Auth-Request-Groups X-Auth-Request-Access-Token X-Userinfo X-ID-Token
X-Goog-Authenticated-User-Email X-Goog-Authenticated-User-Id X-Goog-Iap-Jwt-Assertion
X-MS-Client-Principal X-MS-Client-Principal-Name X-MS-Client-Principal-Id X-MS-Token-Aad-Id-Token
X-Amzn-Oidc-Data X-Amzn-Oidc-Identity X-Amzn-Oidc-Accesstoken X-Middleware-Subrequest
X-Middleware-Rewrite X-Envoy-Original-Path X-Envoy-External-Address X-Envoy-Internal
X-Original-Method X-Original-Host X-Original-Url X-Original-Uri X-Rewrite-Url X-HTTP-Method
X-HTTP-Method-Override X-Method-Override Client-IP X-Client-IP X-Real-IP X-Cluster-Client-IP
True-Client-IP CF-Connecting-IP Fastly-Client-IP Proxy Proxy-Authorization Proxy-Connection
Cf-Access-Authenticated-User-Email X-WebAuth-User X-Authenticated-Userid X-Consumer-Username
X-Pomerium-Claim-Email X-Authentik-Username Tailscale-User-Login Client-Cert Client-Cert-Chain
X-Client-Cert SSL-Client-Verify X-SSL-Client-S-DN X-ARR-ClientCert Front-End-Https X-Scheme
X-Url-Scheme Script-Name Path-Info X-Accel-Mapping X-Sendfile-Type Via TE Trailer Keep-Alive
HTTP2-Settings`
  .split(/\s+/)
  .filter((name) => name !== "");

/** Names that only the gate sends. */
const own = ["Portcullis-Identity", "Portcullis-Client-Certificate", "Portcullis-Whatever"];

/** Every way to write a name that some server takes for the same. A parser refuses the space. */
const spellings: Readonly<Record<string, (name: string) => string>> = {
  "as it is": (name) => name,
  "lower case": (name) => name.toLowerCase(),
  "upper case": (name) => name.toUpperCase(),
  underscores: (name) => name.replaceAll("-", "_"),
  dots: (name) => name.replaceAll("-", "."),
  "one underscore": (name) => name.replace("-", "_"),
  "mixed separators": (name) => name.replace("-", ".").replaceAll("-", "_"),
  "another sign": (name) => name.replaceAll("-", "~"),
  spaces: (name) => name.replaceAll("-", " "),
};

const forged = "forged-by-the-caller";

test("no field that some program believes reaches the backend from a caller, in any spelling", async () => {
  const reached: string[] = [];
  for (const name of [...believed, "X-Forwarded-For", "X-Forwarded-Proto", ...own])
    for (const [how, spell] of Object.entries(spellings)) {
      const { status } = await fields.get("/plain", [spell(name), forged]);
      assert.ok([200, 400].includes(status), `${spell(name)}: ${status}`);
      for (const seen of fields.received())
        if (seen.includes(forged)) reached.push(`${name} ${how}`);
    }
  assert.deepEqual(reached, []);
});

test("the gate's own names are refused in another spelling, and left behind in theirs", async () => {
  for (const name of [
    "Portcullis_Identity",
    "Portcullis.Identity",
    "PORTCULLIS_APP",
    "Portcullis.App",
  ])
    assert.deepEqual(
      [(await fields.get("/plain", [name, forged])).code, fields.received().length],
      ["header-malformed", 0],
      name,
    );
  assert.equal((await fields.get("/plain", ["Portcullis-New", forged])).status, 200);
  assert.equal(fields.received().flat().includes(forged), false);
});

test("what the gate says of a caller it says once, whatever the caller has said", async () => {
  fields.received();
  const lies = ["x-forwarded-for", "x-forwarded-proto", "portcullis-identity"].flatMap((name) => [
    name,
    forged,
  ]);
  assert.equal((await fields.get("/plain", lies)).status, 200);
  const [seen = []] = fields.received();
  assert.deepEqual(valuesOf(seen, "x-forwarded-for"), ["127.0.0.1"]);
  assert.deepEqual(valuesOf(seen, "x-forwarded-proto"), ["http"]);
  assert.equal(foldedNames(seen).filter((name) => name === "host").length, 1);
});
