import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Customer } from "./database.ts";

/**
 * A stand-in for the team's identity product: it publishes its keys and signs access tokens (RFC
 * 9068).
 */
export interface DemoIssuer {
  readonly url: string;
  readonly audience: string;
  sign(customer: Pick<Customer, "id" | "role" | "plan">): Promise<string>;
  close(): void;
}

const scopesByRole: Readonly<Record<string, string>> = {
  customer: "accounts:read payments:write profile:write",
  support: "accounts:read customers:read",
};

export async function startIssuer(port: number): Promise<DemoIssuer> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "harbour-1", alg: "ES256", use: "sig" };
  const audience = "https://api.harbour.example";
  let url = "";
  const server: Server = createServer((request, response) => {
    const body =
      request.url === "/.well-known/openid-configuration"
        ? { issuer: url, jwks_uri: `${url}/jwks` }
        : request.url === "/jwks"
          ? { keys: [jwk] }
          : undefined;
    response
      .writeHead(body === undefined ? 404 : 200, { "Content-Type": "application/json" })
      .end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    audience,
    sign: ({ id, plan, role }) =>
      new SignJWT({
        client_id: "harbour-ios",
        scope: scopesByRole[role] ?? "",
        roles: [role],
        plan,
      })
        .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: jwk.kid })
        .setIssuer(url)
        .setAudience(audience)
        .setSubject(id)
        .setIssuedAt()
        .setExpirationTime("10m")
        .setJti(crypto.randomUUID())
        .sign(privateKey),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
