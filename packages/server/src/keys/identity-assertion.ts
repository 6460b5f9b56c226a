import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import type { IdentityAssertion } from "@portcullis/guard";
import type { Acting, Caller } from "@portcullis/guard/tokens";

/**
 * The key with which the gate tells the backend who calls. Made at start: the backend asks for its
 * public half by name.
 */
export interface AssertionKey {
  readonly privateKeyPem: string;
  readonly kid: string;
  /** What `/.well-known/portcullis/jwks.json` answers. */
  readonly jwks: string;
}

export function makeAssertionKey(): AssertionKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  // RFC 7638: the members that make the key, in order.
  const kid = createHash("sha256")
    .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
    .digest("base64url");
  return {
    privateKeyPem: privateKey.export({ format: "pem", type: "pkcs8" }),
    kid,
    jwks: JSON.stringify({ keys: [{ ...jwk, kid, use: "sig", alg: "ES256" }] }),
  };
}

const livesSeconds = 120;
/**
 * An assertion is made anew for each caller after half its life: a signature for each request would
 * cost more than the rest of the journey.
 */
const reuseSeconds = 60;

/**
 * `Portcullis-Identity`: a JWT for the backend alone, with what the gate has verified. Not a bearer
 * token for anything else: its type and audience say so.
 */
export function compileIdentityAssertion(
  { kid, privateKeyPem }: AssertionKey,
  issuer: string,
): IdentityAssertion {
  const key = createPrivateKey(privateKeyPem);
  const header = encode({ alg: "ES256", typ: "portcullis-identity+jwt", kid });
  const signed = new WeakMap<Caller, { readonly text: string; readonly until: number }>();
  return ({ caller, receivedAtMs }) => {
    if (caller === undefined) return undefined;
    const now = Math.floor(receivedAtMs / 1000);
    const known = signed.get(caller);
    if (known !== undefined && now < known.until) return known.text;
    const { acting, claims, clientId, deviceId, roles, scopes, source, subject, tier } = caller;
    const endsSeconds = acting === undefined ? Infinity : caller.expiresAtSeconds;
    const payload = encode({
      iss: issuer,
      aud: "portcullis:upstream",
      sub: subject,
      source,
      iat: now,
      exp: Math.min(now + livesSeconds, endsSeconds),
      ...(clientId === undefined ? {} : { client_id: clientId }),
      ...(deviceId === undefined ? {} : { device: deviceId }),
      scope: scopes.join(" "),
      roles,
      ...(claims["acr"] === undefined ? {} : { acr: claims["acr"] }),
      ...(tier === undefined ? {} : { tier }),
      ...(acting === undefined ? {} : { act: actOf(acting) }),
    });
    const text = `${header}.${payload}.${signatureOf(key, `${header}.${payload}`)}`;
    signed.set(caller, { text, until: now + reuseSeconds });
    return text;
  };
}

/** RFC 8693 section 4.1: who acts for the subject. */
const actOf = ({ by: { clientId, source, subject } }: Acting): object => ({
  sub: subject,
  source,
  ...(clientId === undefined ? {} : { client_id: clientId }),
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const signatureOf = (key: KeyObject, text: string): string =>
  sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");

/** For tests and tools: the public key of an assertion key. */
export const publicKeyOf = ({ privateKeyPem }: AssertionKey): KeyObject =>
  createPublicKey(privateKeyPem);
