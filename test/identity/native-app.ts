import { createHash, randomBytes } from "node:crypto";
import { exportJWK, SignJWT } from "jose";
import { App, type Tokens } from "./app.ts";
import { codeNow, secretOn } from "./authenticator.ts";
import { formTokenOf } from "./browser.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

/**
 * A gate with apps that sign people in on their own screens. `plain@notes.example` has a password,
 * `two@notes.example` an authenticator too.
 *
 * @param store the address of a PostgreSQL, in place of a file
 */
export async function startNativeGate(store?: string): Promise<{
  readonly gate: IdentityGate;
  /** Of the authenticator. */
  readonly secret: Buffer;
}> {
  const gate = await startIdentityGate({
    environment: { PORTCULLIS_KEY: Buffer.alloc(32, 5).toString("base64") },
    change: (policy) =>
      policy
        .replace("./state/portcullis.db", store ?? "./state/portcullis.db")
        .replace("- { id: notes-app, ", "- { id: notes-app, nativeSignIn: true, ")
        .replace("apps:\n", `apps:\n${otherApps}`)
        .concat("\ntrustedProxies: [127.0.0.1]\n"),
  });
  gate.addUser("plain@notes.example", "--role", "member");
  gate.addUser("two@notes.example", "--role", "member");
  return { gate, secret: await setUpAuthenticator(gate, "two@notes.example") };
}

const otherApps = [
  "  - { id: browser-app, redirectUris: [com.browser.app:/signed-in] }",
  "  - { id: other-app, nativeSignIn: true, redirectUris: [com.other.app:/signed-in] }",
  "",
].join("\n");

/** On the account page, as people do. */
async function setUpAuthenticator(gate: IdentityGate, email: string): Promise<Buffer> {
  const app = await new App(gate).begin();
  await app.signIn(email);
  const opened = await app.browser.follow(
    await app.browser.get(`${gate.origin}/account`),
    `${gate.origin}/account`,
  );
  const page = await (
    await app.browser.post(opened.url, {
      form: formTokenOf(opened.page ?? ""),
      intent: "begin-totp",
    })
  ).text();
  const made = secretOn(page);
  await app.browser.post(opened.url, {
    form: formTokenOf(page),
    intent: "add-totp",
    secret: /name="secret" value="([^"]+)"/.exec(page)?.[1] ?? "",
    code: codeNow(made, -1),
  });
  return made;
}

/** What the challenge endpoint answers. */
export interface Challenged {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly error?: string;
    readonly error_description?: string;
    readonly auth_session?: string;
    readonly next?: string;
    readonly authorization_code?: string;
  };
}

export const verifier = randomBytes(32).toString("base64url");
/** What begins a sign-in. */
export const begins = {
  scope: "openid notes:read",
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
};

export async function proofOf(
  { gate, keys }: App,
  change: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  if (keys === undefined) throw new Error("the app has no key");
  return new SignJWT({
    jti: randomBytes(16).toString("base64url"),
    htm: "POST",
    htu: `${gate.origin}/oauth/challenge`,
    ...change,
  })
    .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: await exportJWK(keys.publicKey) })
    .setIssuedAt()
    .sign(keys.privateKey);
}

let networks = 0;

/** Each from a network of its own, so that one test's guesses are not another's. */
export async function challenge(
  app: App,
  fields: Readonly<Record<string, string>>,
  { clientId = "notes-app", proof }: { readonly clientId?: string; readonly proof?: string } = {},
): Promise<Challenged> {
  networks += 1;
  const response = await app.gate.fetch(`${app.gate.origin}/oauth/challenge`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "X-Forwarded-For": `10.0.${networks >> 8}.${networks & 255}`,
      ...(proof === "none" ? {} : { DPoP: proof ?? (await proofOf(app)) }),
    },
    body: new URLSearchParams({ client_id: clientId, ...fields }).toString(),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Challenged["body"],
  };
}

/** @param own the verifier that is sent with the code */
export const redeem = (app: App, code: string, own = verifier): Promise<Tokens> =>
  app.redeem({
    parameters: app.validate(
      new URL(`${app.redirectUri}?code=${code}&iss=${encodeURIComponent(app.gate.origin)}`),
    ),
    verifier: own,
  });
