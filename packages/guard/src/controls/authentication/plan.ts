import type { Binding } from "../../facts/binding.ts";
import { mainSource } from "../../facts/caller.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { usualClaims } from "./plan-claims.ts";
import { noteAlike, planPlaces, unverifiedSchemes } from "./plan-places.ts";
import { planSource, usualAlgorithms } from "./plan-source.ts";
import type { keys } from "./policy.ts";
import type { SourcePlan, TokenSource } from "./source-plan.ts";

type Policy = PolicyOf<typeof keys & CoreKeys>;
type Identity = NonNullable<Policy["identity"]>;

/** Who knows callers, and what is believed of what they say. */
export interface AuthenticationPlan {
  /** In the order of the policy; what `identity.issuer` names comes first. */
  readonly sources: readonly SourcePlan[];
  /** What `identity.issuer` names; one of the sources. */
  readonly main: TokenSource | undefined;
  /** Whether that is the built-in issuer. */
  readonly builtin: boolean;
  /** Whether one subject of two sources is two people. */
  readonly separate: boolean;
  /** Keys and passwords of the documents that no source looks for. */
  readonly unverified: readonly string[];
  /** How long tokens of another issuer may live. */
  readonly mostLifeSeconds: number | undefined;
  /** How old the last good word of revocations may be; undefined: however old. */
  readonly stalenessSeconds: number | undefined;
}

/** Revocations are read several times a second; a slow store or a busy thread may take seconds. */
const leastStalenessMs = 10_000;
const usualTokenLifeMs = 600_000;
const mostToleranceMs = 300_000;
const longLifeMs = 1_800_000;

/** Undefined where the policy names nobody who knows callers. */
export function planAuthentication(
  { identity, onStateLoss, publicUrl }: Policy,
  context: JoinContext,
): AuthenticationPlan | undefined {
  if (identity === undefined) return undefined;
  const { issuer, sources: written = {} } = identity;
  noteTimes(identity, onStateLoss?.staleness, context);
  noteMissing(identity, context);
  const main = issuer === undefined ? undefined : planMain(issuer, identity, publicUrl, context);
  const sources: SourcePlan[] = main === undefined ? [] : [main];
  for (const [name, setting] of Object.entries(written)) {
    const planned = planSource(name, setting, context);
    if (planned !== undefined) sources.push(planned);
  }
  noteAlike(sources, context);
  const most = identity.accessToken?.most;
  return {
    sources,
    main,
    builtin: main?.builtin === true,
    separate: isSeparate(identity),
    unverified: unverifiedSchemes(sources, context),
    mostLifeSeconds: most === undefined ? undefined : Math.floor(most / 1000),
    stalenessSeconds: stalenessOf(identity, onStateLoss),
  };
}

/** Several sources that do not name people alike. */
export const isSeparate = ({
  issuer,
  sources = {},
  subjects,
}: Pick<Identity, "issuer" | "sources" | "subjects">): boolean =>
  subjects !== "shared" && Object.keys(sources).length + (issuer === undefined ? 0 : 1) > 1;

/** The form with one issuer: a source like any other. */
function planMain(
  issuer: string,
  identity: Identity,
  publicUrl: string | undefined,
  context: JoinContext,
): TokenSource {
  const { algorithms, clockTolerance = 30_000, credential = [{}] } = identity;
  const builtin = issuer === "builtin";
  if (builtin) noteBuiltin(identity, context);
  const origin = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.origin;
  return {
    kind: "token",
    name: mainSource,
    main: true,
    builtin,
    issuer: builtin ? (origin ?? "") : issuer,
    places: planPlaces(
      credential,
      bindingOf(identity, builtin),
      ["identity", "credential"],
      context,
    ),
    forward: "keep",
    exchange: undefined,
    audiences: identity.audience ?? [],
    clients: [],
    clientNeeded: false,
    requires: {},
    typ: identity.typ ?? "at+jwt",
    tokenKind: "access",
    expiryNeeded: true,
    clockToleranceSeconds: Math.round(clockTolerance / 1000),
    subjectClaim: undefined,
    algorithms: algorithms ?? (builtin ? ["ES256"] : usualAlgorithms),
    sharedSecret: undefined,
    jwksUri: identity.jwksUri,
    keysInFile: false,
    claims: {
      ...usualClaims,
      roles: identity.rolesClaim ?? "roles",
      tier: identity.tierClaim ?? (builtin ? "tier" : undefined),
      device: identity.deviceClaim ?? (builtin ? "device" : undefined),
    },
  };
}

/** What belongs to the form with one issuer, and what that form needs. */
function noteMissing(
  { audience, issuer, sources, ...rest }: Identity,
  { note }: JoinContext,
): void {
  if (sources === undefined && issuer === undefined)
    note(["identity"], "'issuer' is missing", { expected: "issuer, or sources" });
  if (issuer !== undefined && audience === undefined)
    note(["identity"], "'audience' is missing", { expected: "audience: this API's own name" });
  if (sources !== undefined && Object.keys(sources).length === 0)
    note(["identity", "sources"], "no source is named", { expected: "people: { issuer: ... }" });
  if (sources === undefined) return;
  for (const key of ["rolesClaim", "tierClaim", "deviceClaim"] as const)
    if (rest[key] !== undefined)
      note(["identity", key], `'${key}' does not say which source it speaks of`, {
        expected: "claims, in the source",
        mend: "Write it into the source: claims: { roles: /realm_access/roles }.",
      });
  if (issuer !== undefined) return;
  if (rest.accessToken?.binding !== undefined)
    note(["identity", "accessToken", "binding"], "tokens of sources are not bound to devices", {
      mend: "Take out binding, or say who binds tokens: identity: { issuer: ... }.",
    });
  for (const key of ["audience", "credential", "jwksUri", "algorithms", "typ"] as const)
    if (key === "audience" ? audience !== undefined : rest[key] !== undefined)
      note(["identity", key], `'${key}' speaks of identity.issuer, and none is named`, {
        mend: `Write ${key} into the source.`,
      });
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
  { accessToken, clockTolerance = 0 }: Identity,
  staleness: number | undefined,
  { note }: JoinContext,
): void {
  if (staleness !== undefined && staleness < leastStalenessMs)
    note(["onStateLoss", "staleness"], "a store that is only slow would have everybody refused", {
      expected: "at least 10s",
    });
  const life = accessToken?.ttl ?? accessToken?.most;
  if (life !== undefined && life > longLifeMs)
    note(
      ["identity", "accessToken", accessToken?.ttl === undefined ? "most" : "ttl"],
      "whoever has stolen a token has it for longer than half an hour",
      { severity: "warning", expected: "at most 30m, renewed by the app" },
    );
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
