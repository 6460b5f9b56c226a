import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** Another OpenID provider, small and obedient to the test: it says whatever `claims` says. */
export interface Elsewhere {
  readonly issuer: string;
  claims: Record<string, unknown>;
  /** Spoils what it would answer. */
  spoil: (token: Record<string, unknown>) => Record<string, unknown>;
  /** What the token endpoint was sent last. */
  asked: URLSearchParams;
  close(): void;
}

export async function startElsewhere(): Promise<Elsewhere> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "e", alg: "ES256", use: "sig" };
  const nonces = new Map<string, string>();
  const made: Elsewhere = {
    issuer: "",
    claims: {},
    spoil: (token) => token,
    asked: new URLSearchParams(),
    close: () => void server.close(),
  };
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", made.issuer);
    const json = (value: unknown): void =>
      void response
        .writeHead(200, { "Content-Type": "application/json" })
        .end(JSON.stringify(value));
    if (url.pathname === "/.well-known/openid-configuration")
      return json({
        issuer: made.issuer,
        authorization_endpoint: `${made.issuer}/authorize`,
        token_endpoint: `${made.issuer}/token`,
        jwks_uri: `${made.issuer}/jwks`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["ES256"],
      });
    if (url.pathname === "/jwks") return json({ keys: [jwk] });
    if (url.pathname === "/authorize") {
      const code = crypto.randomUUID();
      nonces.set(code, url.searchParams.get("nonce") ?? "");
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      if (url.searchParams.get("response_mode") === "form_post")
        return void response
          .writeHead(200, { "Content-Type": "text/html" })
          .end(
            [
              `<form method="post" action="${back.href}">`,
              `<input name="code" value="${code}">`,
              `<input name="state" value="${url.searchParams.get("state")}">`,
              '<input name="user" value="{}"><button id="on">on</button></form>',
              "<script>document.forms[0].submit()</script>",
            ].join(""),
          );
      back.searchParams.set("code", code);
      back.searchParams.set("state", url.searchParams.get("state") ?? "");
      return void response.writeHead(302, { Location: back.href }).end();
    }
    let body = "";
    request
      .on("data", (part: Buffer) => (body += String(part)))
      .on("end", () => {
        made.asked = new URLSearchParams(body);
        const nonce = nonces.get(made.asked.get("code") ?? "");
        const payload = made.spoil({ iss: made.issuer, aud: "here", nonce, ...made.claims });
        void new SignJWT(payload)
          .setProtectedHeader({ alg: "ES256", kid: "e" })
          .setIssuedAt()
          .setExpirationTime("5m")
          .sign(privateKey)
          .then((token) => json({ access_token: "a", token_type: "Bearer", id_token: token }));
      });
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(made, { issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return made;
}
