import { createLocalJWKSet, type JWTPayload, jwtVerify } from "jose";
import type { KoaContextWithOIDC } from "oidc-provider";
import { audit } from "../accounts/audit.ts";
import { revoke } from "../accounts/sessions.ts";
import type { Database } from "../store/open-store.ts";
import { issuerPaths } from "./issuer-document.ts";
import { type PrivateJwk, publicPart } from "./signing-keys.ts";
import { currentWork } from "./unit-of-work.ts";

export interface StructuredTokenOptions {
  readonly db: Database;
  readonly now: () => number;
  readonly issuer: string;
  readonly keys: readonly PrivateJwk[];
}

type Context = KoaContextWithOIDC;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Revocation (RFC 7009) and introspection (RFC 7662) of access tokens that are JWTs. The provider authenticates the client
 * and then says that it cannot; from there this goes on.
 */
export function answerStructuredTokens({ db, issuer, keys, now }: StructuredTokenOptions): (context: Context, next: () => Promise<unknown>) => Promise<void> {
  const publicKeys = createLocalJWKSet({ keys: keys.map(publicPart) });
  const read = async (token: string): Promise<JWTPayload | undefined> => {
    try {
      return (await jwtVerify(token, publicKeys, { issuer, typ: "at+jwt", algorithms: ["ES256"], currentDate: new Date(now()) })).payload;
    } catch {
      return undefined;
    }
  };
  return async (context, next) => {
    await next();
    const { path } = context;
    if (path !== issuerPaths.revocation && path !== issuerPaths.introspection) return;
    const work = currentWork.getStore();
    // Signing out with a token that was renewed meanwhile is no theft.
    if (work !== undefined) work.reuse = undefined;
    const { client, params } = context.oidc;
    if (context.status !== 400 || (context.body as { error?: unknown } | undefined)?.error !== "unsupported_token_type" || client === undefined) return;
    const payload = await read(textOf(params?.["token"]));
    if (path === issuerPaths.revocation) {
      context.status = 200;
      context.type = "text/plain";
      context.body = "";
      if (payload?.jti === undefined || payload["client_id"] !== client.clientId) return;
      await revoke(db, now(), { kind: "token", value: payload.jti });
      await audit(db, now(), { actor: `client:${client.clientId}`, action: "token-revoked", about: `token:${payload.jti}` });
      return;
    }
    context.status = 200;
    context.body = client.clientAuthMethod !== "none" && payload !== undefined && (await stillStands(payload, db)) ? described(payload) : { active: false };
  };
}

/** What the gate would say of it just now. */
async function stillStands(payload: JWTPayload, db: Database): Promise<boolean> {
  const { account_version: version, client_id: clientId, device, iat = 0, jti, sid, sub } = payload as JWTPayload & { readonly account_version?: number; readonly client_id?: string; readonly device?: string; readonly sid?: string };
  const names = Object.entries({ token: jti, session: sid, subject: sub, device, client: clientId, everything: "" }).flatMap(([kind, value]) => (value === undefined ? [] : [{ kind, value }]));
  for (const { kind, value } of names) {
    const row = await db.selectFrom("revocations").selectAll().where("kind", "=", kind).where("value", "=", value).executeTakeFirst();
    if (row === undefined) continue;
    if (row.least_version !== null && (version ?? 0) < row.least_version) return false;
    if (row.before_seconds === null ? row.least_version === null : iat <= row.before_seconds) return false;
  }
  return true;
}

function described({ aud, cnf, exp, iat, iss, jti, scope, sub, ...rest }: JWTPayload & { readonly cnf?: { readonly jkt?: string }; readonly scope?: string }): Record<string, unknown> {
  return { active: true, aud, exp, iat, iss, jti, sub, client_id: rest["client_id"], ...(scope === undefined ? {} : { scope }), ...(cnf === undefined ? {} : { cnf }), token_type: cnf?.jkt === undefined ? "Bearer" : "DPoP" };
}
