// The peer of bench/identity.ts: oidc-provider with its own adapter, which keeps everything in
// memory, and the same tokens.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { type Configuration, Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const audience = "https://notes.example";
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const settings = {
  clients: [
    {
      client_id: "notes-app",
      application_type: "native",
      redirect_uris: ["com.notes.app:/signed-in"],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "k", alg: "ES256", use: "sig" }] },
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 1) },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "notes:read",
        audience,
        accessTokenFormat: "jwt",
        accessTokenTTL: 600,
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
} as unknown as Configuration;
const provider = new Provider(`http://localhost:${port}`, settings);
const callback = provider.callback();

/** A session without its sign-in: what is measured is what comes after it. */
async function mint(jkt: string): Promise<string> {
  const grant = new provider.Grant({ accountId: "u-1", clientId: "notes-app" });
  grant.addOIDCScope("openid");
  grant.addResourceScope(audience, "notes:read");
  const grantId = await grant.save();
  const client = await provider.Client.find("notes-app");
  const token = new provider.RefreshToken({
    accountId: "u-1",
    client,
    grantId,
    gty: "authorization_code",
    scope: "openid notes:read",
    resource: audience,
    rotations: 0,
    authTime: Math.floor(Date.now() / 1000),
    expiresWithSession: false,
  } as never);
  Object.assign(token, { jkt });
  return token.save();
}

createServer((request, response) => {
  const jkt = new URL(request.url ?? "/", "http://localhost").searchParams.get("mint");
  if (jkt === null) void callback(request, response);
  else void mint(jkt).then((token) => response.end(token));
}).listen(port, "127.0.0.1", () => console.log("listening"));
