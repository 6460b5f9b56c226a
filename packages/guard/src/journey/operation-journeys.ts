import type { OwnerEvidence } from "../authorization/owner-evidence.ts";
import { compileOwnerExpression } from "../authorization/ownership.ts";
import type { IdSealer } from "../authorization/sealed-ids.ts";
import { createAppReader, readRange, readVersion } from "../clients/app-version.ts";
import { compileForcedUpgrade } from "../clients/forced-upgrade.ts";
import { SchemaCompiler } from "../contracts/compile-schema.ts";
import { compileAccessTokenCheck } from "../credentials/access-token.ts";
import { compileCredentialFinder } from "../credentials/find-credential.ts";
import type { DpopNonces } from "../credentials/dpop-nonce.ts";
import type { KeySet } from "../credentials/key-set.ts";
import type { Principal } from "../credentials/principal.ts";
import type { Revocations } from "../credentials/revocation.ts";
import { cacheVerifiedTokens } from "../credentials/verified-token-cache.ts";
import { compileOperationTable } from "../operations/operation-table.ts";
import type { ApiPlan, OperationPlan, Plan } from "../policy/plan.ts";
import type { ProvenanceState } from "../state/provenance.ts";
import type { ReplayState } from "../state/replay.ts";
import type { LimitState } from "../state/state.ts";
import { WriteVersions } from "../state/write-versions.ts";
import type { Upstream } from "../upstream.ts";
import type { RouteTable, SelectTable } from "./20-route.ts";
import { prepareAdmission } from "./50-limit.ts";
import { compileCors } from "./cors.ts";
import { LookupMemory } from "./70-lookup.ts";
import type { DecisionPoints } from "./70-relation.ts";
import type { IdSealing } from "./70-open-ids.ts";
import { compileOperation, compileUndeclared } from "./compile-operation.ts";
import type { ApiParts, SharedParts } from "./operation-parts.ts";
import type { IdentityAssertion } from "./80-forward.ts";
import type { JourneyParts } from "./journey.ts";
import { compileSelectVersion } from "./select-version.ts";
import type { OperationJourney } from "./step.ts";

/** What a plan needs of the program it runs in. */
export interface LiveParts {
  /** In the order of the plan's `apis`. */
  readonly upstreams: readonly Upstream[];
  /** Where the policy's limits are counted. */
  readonly state: LimitState;
  /** Where the coarse admission is counted: always this process. */
  readonly localState: LimitState;
  /** The issuer's keys; undefined while there are none. */
  readonly keys: () => KeySet | undefined;
  readonly onUnknownKey: () => void;
  /** What is no longer believed, though its signature holds. */
  readonly revocations?: Revocations | undefined;
  /** A token was verified that this thread had not seen. */
  readonly onNewToken?: ((principal: Principal) => void) | undefined;
  /** Needed where the plan asks for bound tokens. */
  readonly proofs?: { readonly nonces: DpopNonces; readonly replay: ReplayState } | undefined;
  /** What seals and opens ids; needed where the plan seals any. */
  readonly sealer?: IdSealer | undefined;
  /** Where it is counted who is named in operations without an owner rule. */
  readonly evidence?: OwnerEvidence | undefined;
  readonly decisionPoints?: DecisionPoints | undefined;
  /** What callers were shown; needed where the plan asks for it. */
  readonly provenance?: ProvenanceState | undefined;
  /** What was written lately, by any thread of this gate. */
  readonly writes?: WriteVersions | undefined;
  /** What tells the backend who calls; lookups say it too. */
  readonly assertIdentity?: IdentityAssertion | undefined;
}

/** A few kilobytes each, in every thread. */
const mostVerifiedTokens = 20_000;

export interface PlannedJourneys extends Pick<JourneyParts, "selectTable" | "undeclared" | "admit" | "cors"> {
  /** The keys have changed: nothing verified with the old ones is believed any more. */
  readonly forgetTokens: () => void;
  readonly journeys: readonly OperationJourney[];
}

/** Every operation of the plan, compiled; and how a request finds its own. */
export function compileOperationJourneys(plan: Plan, live: LiveParts): PlannedJourneys {
  const { identity } = plan;
  const tokens = identity === undefined ? undefined : cacheVerifiedTokens(compileAccessTokenCheck({ ...identity, keys: live.keys, onUnknownKey: live.onUnknownKey }), mostVerifiedTokens, live.onNewToken);
  const parts: SharedParts = {
    plan,
    state: live.state,
    readApp: createAppReader(),
    checkApp: compileForcedUpgrade(plan.upgrade),
    findCredentialFor: identity === undefined ? undefined : credentialFinders(identity),
    assertIdentity: live.assertIdentity,
    evidence: live.evidence,
    provenance: plan.shown === undefined ? undefined : live.provenance,
    decisionPoints: live.decisionPoints ?? new Map(),
    sealing: sealingOf(plan, live.sealer),
    verify: tokens === undefined ? undefined : withRevocations(tokens.verify, live.revocations),
    binding: bindingOf(identity, live),
  };
  const first = live.upstreams[0];
  if (first === undefined) throw new RangeError("a gate without an API has nothing to guard");
  const writes = live.writes ?? new WriteVersions();
  const byApi = plan.apis.map((api, index) => compileApi(api, parts, live.upstreams[index] as Upstream, writes));
  const tables = tablesOf(plan, byApi);
  return {
    selectTable: selectTableOf(plan, tables),
    // A preflight does not say which version it asks for.
    cors: plan.cors === undefined ? undefined : compileCors(plan.cors, (path) => [...new Set([...tables.values()].flatMap((table) => table.methodsAt(path)))]),
    undeclared: compileUndeclared(parts, first),
    admit: plan.admission === undefined || plan.undeclared.modes.limit === "off" ? undefined : prepareAdmission(plan.admission, live.localState),
    forgetTokens: () => tokens?.forget(),
    journeys: byApi.flat(),
  };
}

/** Asked on every request: a token that was verified an hour ago may have been revoked a moment ago. */
function withRevocations(verify: NonNullable<SharedParts["verify"]>, revocations: Revocations | undefined): SharedParts["verify"] {
  if (revocations === undefined) return verify;
  return (token, nowSeconds) => {
    const outcome = verify(token, nowSeconds);
    return "code" in outcome ? outcome : (revocations.check(outcome) ?? outcome);
  };
}

function bindingOf(identity: Plan["identity"], { proofs }: LiveParts): SharedParts["binding"] {
  if (identity === undefined || identity.binding === "none") return undefined;
  if (proofs === undefined || identity.origin === undefined) throw new RangeError("the policy asks for bound tokens, and there is nothing to check proofs with");
  const { binding, origin, proofWindowSeconds: windowSeconds, requireNonce } = identity;
  return { rules: { binding, origin, windowSeconds, requireNonce, nonces: proofs.nonces }, replay: proofs.replay };
}

function compileApi(api: ApiPlan, parts: SharedParts, upstream: Upstream, writes: WriteVersions): OperationJourney[] {
  const apiParts: ApiParts = { api, upstream, request: new SchemaCompiler(api.document.schemas, "request"), response: new SchemaCompiler(api.document.schemas, "response"), lookups: new LookupMemory(writes) };
  return api.document.operations.map((operation, index) => compileOperation(operation, api.operations[index] as OperationPlan, parts, apiParts));
}

/** One table where the path names the version, and one for each version where something else does. */
function tablesOf(plan: Plan, byApi: readonly (readonly OperationJourney[])[]): ReadonlyMap<string, RouteTable> {
  const tableOf = (journeys: readonly OperationJourney[]) =>
    compileOperationTable(journeys.flatMap((journey) => (journey.operation === undefined ? [] : [{ method: journey.operation.method, pathTemplate: journey.operation.pathTemplate, value: journey }])));
  if (plan.versioning.from === "path") return new Map([["", tableOf(byApi.flat())]]);
  const byVersion = new Map<string, OperationJourney[]>();
  plan.apis.forEach(({ version = "" }, index) => byVersion.set(version, [...(byVersion.get(version) ?? []), ...(byApi[index] ?? [])]));
  return new Map([...byVersion].map(([version, journeys]) => [version, tableOf(journeys)]));
}

function selectTableOf({ versioning }: Plan, tables: ReadonlyMap<string, RouteTable>): SelectTable {
  if (versioning.from !== "path") return compileSelectVersion(versioning, tables);
  const [table] = tables.values();
  return () => table as RouteTable;
}

/** A credential that sits where the operation's schemes do not look is none; two where they look are refused. */
function credentialFinders({ credentials }: NonNullable<Plan["identity"]>): NonNullable<SharedParts["findCredentialFor"]> {
  const finders = new Map<string, ReturnType<typeof compileCredentialFinder>>();
  return ({ security }) => {
    const named = (security ?? []).flatMap((requirement) => Object.keys(requirement));
    const fitting = credentials.filter(({ securityScheme }) => securityScheme === undefined || named.includes(securityScheme));
    const sources = (fitting.length > 0 ? fitting : credentials).map(({ source }) => source);
    const key = JSON.stringify(sources);
    let finder = finders.get(key);
    if (finder === undefined) finders.set(key, (finder = compileCredentialFinder(sources)));
    return finder;
  };
}

function sealingOf({ apis, sealed }: Plan, sealer: IdSealer | undefined): IdSealing | undefined {
  if (sealed === undefined) return undefined;
  if (sealer === undefined) throw new RangeError("the policy seals ids, and there is no key to seal them with");
  const kinds = new Map(Object.entries(sealed.kinds).map(([kind, { rawFor, to }]) => [kind, { readerOf: compileOwnerExpression(to), fits: rawFor === undefined ? undefined : readRange(rawFor) }]));
  const templates = compileOperationTable([...new Set(apis.flatMap((api) => api.document.operations.map((operation) => operation.pathTemplate)))].map((pathTemplate) => ({ method: "GET", pathTemplate, value: pathTemplate })));
  return {
    templateOf: (path, parameters) => templates.match("GET", path, parameters),
    plan: sealed,
    sealer,
    rawAllowed: (kind, appVersion) => {
      const numbers = appVersion === undefined ? undefined : readVersion(appVersion);
      return numbers !== undefined && kinds.get(kind)?.fits?.(numbers) === true;
    },
    readerOf: (kind, { principal }) => {
      if (principal === undefined) return "";
      const reader = kinds.get(kind)?.readerOf(principal);
      return reader === undefined ? undefined : `=${reader}`;
    },
  };
}
