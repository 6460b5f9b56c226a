import { createLocalJWKSet, type JWTPayload, jwtVerify } from "jose";
import type { KoaContextWithOIDC } from "oidc-provider";
import { audit } from "../people/audit.ts";
import { revoke } from "../people/revoke.ts";
import type { RevocationRecord } from "../store/revocations.ts";
import type { Tables } from "../store/store.ts";
import { issuerPaths } from "../names/issuer-document.ts";
import { type PrivateJwk, publicPart } from "./signing-keys.ts";
import { currentWork } from "../rotation/unit-of-work.ts";

export interface StructuredTokenOptions {
  readonly tables: Pick<Tables, "audit" | "revocations">;
  readonly now: () => number;
  readonly issuer: string;
  readonly keys: readonly PrivateJwk[];
  /** The audiences whose API a client is. */
  readonly servedBy: (clientId: string) => readonly string[];
}

type Context = KoaContextWithOIDC;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Revocation (RFC 7009) and introspection (RFC 7662) of access tokens that are JWTs. The provider
 * authenticates the client and then answers that it does not know such tokens; this answers in its
 * place.
 */
export function answerStructuredTokens({
  issuer,
  keys,
  now,
  servedBy,
  tables,
}: StructuredTokenOptions): (context: Context, next: () => Promise<unknown>) => Promise<void> {
  const publicKeys = createLocalJWKSet({ keys: keys.map(publicPart) });
  const read = async (token: string): Promise<JWTPayload | undefined> => {
    try {
      return (
        await jwtVerify(token, publicKeys, {
          issuer,
          typ: "at+jwt",
          algorithms: ["ES256"],
          currentDate: new Date(now()),
        })
      ).payload;
    } catch {
      return undefined;
    }
  };
  return async (context, next) => {
    await next();
    const { path } = context;
    if (path !== issuerPaths.revocation && path !== issuerPaths.introspection) return;
    const work = currentWork.getStore();
    // Revoking or asking about a refresh token that was renewed meanwhile is not reuse.
    if (work !== undefined) work.reuse = undefined;
    const { client, params } = context.oidc;
    if (!wasNotUnderstood(context) || client === undefined) return;
    const payload = await read(textOf(params?.["token"]));
    context.status = 200;
    if (path === issuerPaths.introspection) {
      const mayKnow = payload !== undefined && concerns(client, payload, servedBy);
      context.body =
        mayKnow && (await stillStands(payload, tables)) ? described(payload) : { active: false };
      return;
    }
    context.type = "text/plain";
    context.body = "";
    await revokeToken(client, payload, tables, now());
  };
}

type Client = NonNullable<Context["oidc"]["client"]>;

/** The provider has authenticated the client and does not know this kind of token. */
const wasNotUnderstood = ({ body, status }: Context): boolean =>
  status === 400 && (body as { error?: unknown } | undefined)?.error === "unsupported_token_type";

/** A token of another client is left alone, and its client is told no more than that all is well. */
async function revokeToken(
  { clientId }: Client,
  payload: JWTPayload | undefined,
  { audit: trail, revocations }: StructuredTokenOptions["tables"],
  nowMs: number,
): Promise<void> {
  if (payload?.jti === undefined || payload["client_id"] !== clientId) return;
  await revoke(revocations, nowMs, { kind: "token", value: payload.jti });
  await audit(trail, nowMs, {
    actor: `client:${clientId}`,
    action: "token-revoked",
    about: `token:${payload.jti}`,
  });
}

/**
 * Told to clients that prove who they are, of tokens that are for their own API or that they were
 * given themselves (RFC 7662 section 4): others learn nothing of a token that they have come by.
 */
function concerns(
  { clientAuthMethod, clientId }: Client,
  { aud = [], client_id: given }: JWTPayload,
  servedBy: StructuredTokenOptions["servedBy"],
): boolean {
  if (clientAuthMethod === "none") return false;
  const audiences = [aud].flat();
  return given === clientId || servedBy(clientId).some((one) => audiences.includes(one));
}

/** Whether the gate would believe it just now. */
async function stillStands(
  payload: JWTPayload,
  { revocations }: Pick<Tables, "revocations">,
): Promise<boolean> {
  const {
    account_version: version,
    client_id: clientId,
    device,
    iat = 0,
    jti,
    sid,
    sub,
  } = payload as JWTPayload & {
    readonly account_version?: number;
    readonly client_id?: string;
    readonly device?: string;
    readonly sid?: string;
  };
  const names = Object.entries({
    token: jti,
    session: sid,
    subject: sub,
    device,
    client: clientId,
    everything: "",
  }).flatMap(([kind, value]) => (value === undefined ? [] : [{ kind, value }]));
  for (const { kind, value } of names) {
    const found = await revocations.find(kind as RevocationRecord["kind"], value);
    if (found !== undefined && covers(found, version ?? 0, iat)) return false;
  }
  return true;
}

/** Whether a revocation speaks of a token of this account version, issued at this second. */
function covers(
  { beforeSeconds, leastVersion }: RevocationRecord,
  version: number,
  issuedAtSeconds: number,
): boolean {
  if (leastVersion !== undefined && version < leastVersion) return true;
  return beforeSeconds === undefined
    ? leastVersion === undefined
    : issuedAtSeconds <= beforeSeconds;
}

function described({
  aud,
  cnf,
  exp,
  iat,
  iss,
  jti,
  scope,
  sub,
  ...rest
}: JWTPayload & { readonly cnf?: { readonly jkt?: string }; readonly scope?: string }): Record<
  string,
  unknown
> {
  return {
    active: true,
    aud,
    exp,
    iat,
    iss,
    jti,
    sub,
    client_id: rest["client_id"],
    ...(scope === undefined ? {} : { scope }),
    ...(cnf === undefined ? {} : { cnf }),
    token_type: cnf?.jkt === undefined ? "Bearer" : "DPoP",
  };
}
