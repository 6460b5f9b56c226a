import type { Binding } from "../../facts/binding.ts";
import { signingAlgorithms } from "../../jws/signing-algorithms.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import type { CredentialSource } from "./find-credential.ts";
import type { keys } from "./policy.ts";

type Policy = PolicyOf<typeof keys & CoreKeys>;
type Identity = NonNullable<Policy["identity"]>;

/** Who signs tokens, and what they must say. */
export interface AuthenticationPlan {
  /** As it stands in `iss`. */
  readonly issuer: string;
  /** Whether the issuer is the built-in one. */
  readonly builtin: boolean;
  readonly audiences: readonly string[];
  readonly jwksUri: string | undefined;
  readonly algorithms: readonly string[];
  readonly typ: "at+jwt" | "any";
  readonly clockToleranceSeconds: number;
  /** How long tokens of another issuer may live. */
  readonly mostLifeSeconds: number | undefined;
  /** How old the last good word of revocations may be; undefined: however old. */
  readonly stalenessSeconds: number | undefined;
  readonly rolesClaim: string;
  readonly tierClaim: string | undefined;
  readonly deviceClaim: string | undefined;
  /** Where the token may sit; for one security scheme of the documents, or for all. */
  readonly credentials: readonly CredentialPlace[];
}

export interface CredentialPlace {
  readonly securityScheme: string | undefined;
  readonly source: CredentialSource;
}

/** Revocations are read several times a second; a slow store or a busy thread may take seconds. */
const leastStalenessMs = 10_000;
const usualTokenLifeMs = 600_000;
const mostToleranceMs = 300_000;
const usualAlgorithms = ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "RS256"] as const;

/** Undefined where the policy names no issuer: then no token can be verified. */
export function planAuthentication(
  { identity, onStateLoss, publicUrl }: Policy,
  context: JoinContext,
): AuthenticationPlan | undefined {
  if (identity === undefined) return undefined;
  const { algorithms, clockTolerance = 30_000, credential = [{}], typ = "at+jwt" } = identity;
  const builtin = identity.issuer === "builtin";
  noteTimes(identity, onStateLoss?.staleness, context);
  if (builtin) noteBuiltin(identity, context);
  const most = identity.accessToken?.most;
  const origin = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.origin;
  return {
    issuer: builtin ? (origin ?? "") : identity.issuer,
    builtin,
    audiences: identity.audience,
    jwksUri: identity.jwksUri,
    algorithms:
      algorithms ??
      (builtin ? ["ES256"] : usualAlgorithms.filter((name) => signingAlgorithms.has(name))),
    typ,
    mostLifeSeconds: most === undefined ? undefined : Math.floor(most / 1000),
    stalenessSeconds: stalenessOf(identity, onStateLoss),
    clockToleranceSeconds: Math.round(clockTolerance / 1000),
    rolesClaim: identity.rolesClaim ?? "roles",
    tierClaim: identity.tierClaim ?? (builtin ? "tier" : undefined),
    deviceClaim: identity.deviceClaim ?? (builtin ? "device" : undefined),
    credentials: placesOf(credential, bindingOf(identity, builtin), context),
  };
}

/** After a token's life, every token that was made before the store was lost has expired. */
function stalenessOf(
  { accessToken }: Identity,
  { authentication = "deny", staleness }: NonNullable<Policy["onStateLoss"]> = {},
): number | undefined {
  if (authentication === "local") return undefined;
  const life = accessToken?.ttl ?? accessToken?.most ?? usualTokenLifeMs;
  return Math.ceil((staleness ?? life) / 1000);
}

function noteTimes(
  { clockTolerance = 0 }: Identity,
  staleness: number | undefined,
  { note }: JoinContext,
): void {
  if (staleness !== undefined && staleness < leastStalenessMs)
    note(["onStateLoss", "staleness"], "a store that is only slow would have everybody refused", {
      expected: "at least 10s",
    });
  if (clockTolerance > mostToleranceMs)
    note(
      ["identity", "clockTolerance"],
      "a clock tolerance above five minutes lets tokens live before they are issued",
      { expected: "at most 5m" },
    );
}

/** What is said of another issuer's tokens says nothing of the built-in one's. */
function noteBuiltin({ accessToken, jwksUri, typ }: Identity, { note }: JoinContext): void {
  if (jwksUri !== undefined || typ !== undefined)
    note(["identity"], "the built-in issuer knows its own keys and kind of token", {
      mend: "Take out jwksUri and typ.",
    });
  if (accessToken?.most !== undefined)
    note(
      ["identity", "accessToken", "most"],
      "the built-in issuer's tokens live as long as the policy says",
      { expected: "accessToken: { ttl: 10m }" },
    );
}

const bindingOf = ({ accessToken }: Identity, builtin: boolean): Binding =>
  accessToken?.binding ?? (builtin ? "optional" : "none");

function placesOf(
  credentials: NonNullable<Identity["credential"]>,
  binding: Binding,
  { documents, note }: JoinContext,
): CredentialPlace[] {
  const schemes = new Set(
    documents.flatMap(({ securitySchemes }) => securitySchemes.map(({ name }) => name)),
  );
  return credentials.flatMap(
    ({ cookie, header = "Authorization", scheme, securityScheme }, index): CredentialPlace[] => {
      const place = ["identity", "credential", String(index)];
      if (cookie !== undefined && scheme !== undefined)
        note(place, "a credential sits in a cookie or in a header field, not in both", {
          expected: "cookie, or header with or without scheme",
        });
      if (securityScheme !== undefined && !schemes.has(securityScheme))
        note(
          [...place, "securityScheme"],
          `no document has a security scheme '${securityScheme}'`,
          { expected: [...schemes].join(", ") || "a scheme under components.securitySchemes" },
        );
      if (cookie !== undefined) return [{ securityScheme, source: { cookie } }];
      const usual = header.toLowerCase() === "authorization";
      const own = { header, scheme: scheme ?? (usual ? "Bearer" : undefined) };
      const bound = usual && scheme === undefined && binding !== "none" && binding !== "mtls";
      // RFC 9449 section 7.1: a token that is bound to a key is sent under the scheme DPoP.
      const sources = bound ? [own, { header, scheme: "DPoP" }] : [own];
      return sources.map((source) => ({ securityScheme, source }));
    },
  );
}
