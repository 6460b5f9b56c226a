import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { test } from "../parts/test.ts";
import { App } from "./app.ts";
import { Browser, signInAt } from "./browser.ts";
import { freePort, type IdentityGate, startIdentityGate } from "./identity-gate.ts";

// A relying party and resource server that others wrote and certified, unchanged, against the issuer
// behind its gate.
let gate: IdentityGate;
const email = "ann@notes.example";

before(async () => {
  gate = await startIdentityGate();
  gate.addUser(email, "--role", "member");
});
after(() => gate.close());

test("Apache's mod_auth_openidc: signs in as a relying party, and takes the access token as a resource server", {
  needs: ["apache"],
}, async ({ apache }) => {
  const port = await freePort();
  const secret = (
    JSON.parse(
      gate.command(
        "clients",
        "add",
        "apache",
        "--kind",
        "web",
        "--secret",
        "--redirect",
        `http://localhost:${port}/rp/back`,
        "--json",
      ).out,
    ) as { secret: string }
  ).secret;
  await new Promise((resolve) => setTimeout(resolve, 1300));
  const root = mkdtempSync(join(tmpdir(), "portcullis-apache-"));
  chmodSync(root, 0o755);
  mkdirSync(join(root, "html", "rp"), { recursive: true });
  mkdirSync(join(root, "html", "rs"), { recursive: true });
  for (const place of ["rp", "rs"])
    writeFileSync(join(root, "html", place, "index.html"), "let in");
  writeFileSync(join(root, "httpd.conf"), apacheConfig(apache.modules, root, port, secret));
  apache.start(join(root, "httpd.conf"));
  const get = (
    path: string,
    own: Record<string, string> = {},
  ): Promise<{
    status: number;
    body: string;
    headers: Record<string, string | string[] | undefined>;
  }> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: "localhost", port, path, headers: { Accept: "text/html", ...own } },
        (response) => {
          let body = "";
          response
            .setEncoding("utf8")
            .on("data", (part: string) => (body += part))
            .on("end", () =>
              resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
            );
        },
      );
      request.once("error", reject);
      request.end();
    });
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      await get("/");
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const jar = new Map<string, string>();
  const remember = (answer: { headers: Record<string, string | string[] | undefined> }): void => {
    for (const line of (answer.headers["set-cookie"] as string[] | undefined) ?? [])
      jar.set(line.split("=", 1)[0] as string, line.split(";", 1)[0] as string);
  };
  const away = await get("/rp/");
  remember(away);
  assert.equal(away.status, 302, away.body);
  const back = await signInAt(new Browser(gate), String(away.headers["location"]), email);
  const signedIn = await get(`${back.pathname}${back.search}`, {
    Cookie: [...jar.values()].join("; "),
  });
  remember(signedIn);
  assert.equal(signedIn.status, 302, signedIn.body);
  const inside = await get("/rp/", { Cookie: [...jar.values()].join("; ") });
  assert.deepEqual([inside.status, inside.body], [200, "let in"]);

  const plain = await (await new App(gate).begin(false)).signIn(email);
  assert.equal((await get("/rs/", { Authorization: `Bearer ${plain.access_token}` })).status, 200);
  assert.equal(
    (await get("/rs/", { Authorization: `Bearer ${plain.access_token.slice(0, -4)}AAAA` })).status,
    401,
  );
});

function apacheConfig(modules: string, root: string, port: number, secret: string): string {
  const load = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "unixd",
    "dir",
    "auth_openidc",
  ]
    .map((name) =>
      [
        `<IfModule !${name}_module>`,
        `LoadModule ${name}_module ${modules}/mod_${name}.so`,
        "</IfModule>",
      ].join("\n"),
    )
    .join("\n");
  return `ServerRoot ${root}
PidFile ${root}/pid
ErrorLog ${root}/error.log
Listen 127.0.0.1:${port}
Listen [::1]:${port}
ServerName localhost
${load}
User www-data
Group www-data
DocumentRoot ${root}/html
DirectoryIndex index.html
OIDCProviderMetadataURL ${gate.origin}/.well-known/openid-configuration
OIDCSSLValidateServer Off
OIDCOAuthSSLValidateServer Off
OIDCClientID apache
OIDCClientSecret ${secret}
OIDCRedirectURI http://localhost:${port}/rp/back
OIDCCryptoPassphrase 0123456789abcdef0123456789abcdef
OIDCResponseType code
OIDCPKCEMethod S256
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCScope "openid email"
OIDCIDTokenSignedResponseAlg ES256
OIDCOAuthVerifyJwksUri ${gate.origin}/oauth/jwks
OIDCOAuthRemoteUserClaim sub
<Directory ${root}/html>
  AllowOverride None
  Require all granted
</Directory>
<Location /rp/>
  AuthType openid-connect
  Require valid-user
</Location>
<Location /rs/>
  AuthType oauth20
  Require valid-user
</Location>
`;
}
