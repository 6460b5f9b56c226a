import { BlockList } from "node:net";
import { addRange } from "../address-range.ts";
import type { ApiDocument, Fault, Operation, SchemaRegistry } from "../operation.ts";
import { propertyRoles } from "./plan-properties.ts";
import { planCors } from "./plan-cors.ts";
import { type EntryAt, planOperation } from "./plan-operation.ts";
import { planIdentity } from "./plan-identity.ts";
import type { ApiPlan, OperationPlan, Plan, UpstreamPlan } from "./plan.ts";
import { planProvenance } from "./plan-provenance.ts";
import { planSealedIds } from "./plan-sealed-ids.ts";
import { planVersions } from "./plan-versions.ts";
import type { OperationEntry, Policy } from "./policy-schema.ts";
import type { ReadPolicy } from "./read-policy.ts";
import { layModes, noModes } from "./resolve-modes.ts";
import { type Closeness, compileMatch, type Selects, unmatchedMend } from "./select-operations.ts";

const defaults = { admissionPerSecond: 500, limitKeys: 262_144 } as const;

/** The built-in issuer: an API like any other, but that its document is the program's own. */
export interface IssuerApi {
  readonly document: ApiDocument;
  readonly target: string;
}

/** Joins policy and documents into the plan, or says everything that keeps it from being one. `documents` stand in the order of the policy's `apis`. */
export function compilePlan(policy: Policy, documents: readonly ApiDocument[], faultAt: ReadPolicy["faultAt"], issuer?: IssuerApi): { readonly plan: Plan | undefined; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const note: ReadPolicy["faultAt"] = (path, message, rest) => {
    const fault = faultAt(path, message, rest);
    faults.push(fault);
    return fault;
  };
  const entries = policy.operations ?? [];
  const everyOperation = [...documents, ...(issuer === undefined ? [] : [issuer.document])].flatMap((document) => document.operations);
  const selectors = entries.map((entry) => entry.match.map(compileMatch));
  noteUnmatched(entries, selectors, everyOperation, note);
  noteRanges(policy, note);
  noteDuplicates(documents, policy, note);

  const globalModes = layModes(noModes, policy.mode);
  const tiers = Object.entries(policy.limits?.tiers ?? {});
  const entriesFor = (operation: Operation | undefined): EntryAt[] =>
    entries
      .flatMap((entry, index): EntryAt[] => {
        const closeness = closest(selectors[index] as Selects[], operation);
        return closeness === undefined ? [] : [{ entry, index, closeness }];
      })
      .sort((a, b) => a.closeness - b.closeness || a.index - b.index);

  const context = { kinds: Object.keys(policy.provenance ?? {}), decisionPoints: Object.keys(policy.decisionPoints ?? {}), operations: everyOperation, schemasOf: schemasIn([...documents, ...(issuer === undefined ? [] : [issuer.document])]), globalModes, tiers, roles: policy.roles, identity: policy.identity !== undefined, note };
  const plans = documents.map((document) => document.operations.map((operation) => planOperation(operation, entriesFor(operation), context)));
  const undeclared = planOperation(undefined, entriesFor(undefined), context);
  const apis = policy.apis.map((api, index): ApiPlan => {
    const document = documents[index] as ApiDocument;
    return { document, upstream: upstreamOf(api.upstream), version: api.version ?? (document.apiVersion === "" ? undefined : document.apiVersion), ...planVersions(policy, documents, index, note), issuer: false, operations: plans[index] as OperationPlan[] };
  });
  if (issuer !== undefined) apis.push(planIssuer(issuer, (operation) => planOperation(operation, entriesFor(operation).map(onlyHowOften), context)));
  const plan: Plan = {
    apis,
    undeclared,
    identity: planIdentity(policy, documents, note),
    roles: policy.roles ?? {},
    visible: propertyRoles("visible", policy, documents, note),
    writable: propertyRoles("writable", policy, documents, note),
    sealed: planSealedIds(policy, documents, note),
    shown: planProvenance(policy, documents, note),
    decisionPoints: Object.fromEntries(Object.entries(policy.decisionPoints ?? {}).map(([name, { form, onFailure = "deny", remember = 0, timeout = 500, url }]) => [name, { url, form, timeoutMs: timeout, rememberMs: remember, onFailure }])),
    tiers,
    admission: policy.limits?.admission === "off" ? undefined : (policy.limits?.admission ?? { count: defaults.admissionPerSecond, windowMs: 1000 }),
    limitKeys: policy.limits?.keys ?? defaults.limitKeys,
    state: policy.state ?? "memory",
    upgrade: { apps: (policy.apps ?? []).map((app) => ({ id: app.id, minVersion: app.minVersion, blocked: app.blocked ?? [], upgradeUrl: app.upgradeUrl })), required: policy.requireApp === true },
    versioning: versioningOf(policy, note),
    cors: planCors(policy, documents, note),
    trustedProxies: policy.trustedProxies ?? [],
    recordFields: policy.record?.fields ?? [],
  };
  return { plan: faults.some((fault) => fault.severity === "error") ? undefined : plan, faults };
}

/** What the owner says of every operation is meant for the API. Of it, sign-in takes the modes and limits: a rule on who may enter would stand before the door to becoming somebody. */
function onlyHowOften({ closeness, entry: { limits, match, maxBodySize, mode }, index }: EntryAt): EntryAt {
  return { closeness, index, entry: { match, ...(limits === undefined ? {} : { limits }), ...(mode === undefined ? {} : { mode }), ...(maxBodySize === undefined ? {} : { maxBodySize }) } };
}

function schemasIn(documents: readonly ApiDocument[]): (operation: Operation) => SchemaRegistry {
  const schemas = new Map(documents.flatMap((document) => document.operations.map((operation) => [operation, document.schemas] as const)));
  return (operation) => schemas.get(operation) ?? {};
}

function planIssuer({ document, target }: IssuerApi, plan: (operation: Operation) => OperationPlan): ApiPlan {
  return { document, upstream: upstreamOf(target), version: undefined, answerHeaders: [], sunsetAtMs: undefined, issuer: true, operations: document.operations.map(plan) };
}

/** What no document names is selected by "*" alone. */
function closest(selects: readonly Selects[], operation: Operation | undefined): Closeness | undefined {
  let best: Closeness | undefined;
  for (const one of selects) {
    const closeness = operation === undefined ? one(nothing) : one(operation);
    if (closeness !== undefined && (operation !== undefined || closeness === 0) && (best === undefined || closeness > best)) best = closeness;
  }
  return best;
}
const nothing: Operation = { key: "", method: "", pathTemplate: "", tags: [], parameters: [], responses: [], deprecated: false, position: { file: "", line: 1, column: 1 } };

function noteUnmatched(entries: readonly OperationEntry[], selectors: readonly (readonly Selects[])[], operations: readonly Operation[], note: ReadPolicy["faultAt"]): void {
  entries.forEach((entry, index) => {
    entry.match.forEach((match, at) => {
      const selects = selectors[index]?.[at];
      if (selects === undefined || match === "*" || operations.some((operation) => selects(operation) !== undefined)) return;
      const mend = unmatchedMend(match, operations);
      note(["operations", String(index), "match", String(at)], `the match ${JSON.stringify(match)} selects no operation`, { expected: '"*", an operationId, METHOD /path, or tag, method and path', ...(mend === undefined ? {} : { mend }) });
    });
  });
}

function noteRanges(policy: Policy, note: ReadPolicy["faultAt"]): void {
  const ranges = new BlockList();
  policy.trustedProxies?.forEach((entry, index) => {
    if (!addRange(ranges, entry)) note(["trustedProxies", String(index)], `'${entry}' is not an address or a CIDR range`, { expected: "10.0.0.0/8, 192.0.2.7 or 2001:db8::/32" });
  });
}

/** Two documents that offer the same method and path, where nothing but the path tells versions apart. */
function noteDuplicates(documents: readonly ApiDocument[], policy: Policy, note: ReadPolicy["faultAt"]): void {
  const { accept, header, query } = { accept: policy.versioning?.from === "accept", header: policy.versioning?.header, query: policy.versioning?.query };
  if (accept || header !== undefined || query !== undefined) return;
  const seen = new Map<string, ApiDocument>();
  documents.forEach((document, index) => {
    for (const operation of document.operations) {
      const shape = `${operation.method} ${operation.pathTemplate.replaceAll(/\{[^{}]+\}/g, "{}")}`;
      const other = seen.get(shape);
      if (other !== undefined && other !== document) note(["apis", String(index), "openapi"], `'${operation.key}' is also an operation of ${other.file}`, { mend: "Give the documents different base paths, or say how a version is named: versioning: { header: X-API-Version }." });
      seen.set(shape, document);
    }
  });
}

function upstreamOf(upstream: Policy["apis"][number]["upstream"]): UpstreamPlan {
  if (typeof upstream === "string") return { targets: [upstream], connections: undefined, connectTimeoutMs: undefined, headersTimeoutMs: undefined, bodyTimeoutMs: undefined, healthCheck: undefined };
  const { bodyTimeout, connections, connectTimeout, headersTimeout, healthCheck, targets } = upstream;
  return {
    targets,
    connections,
    connectTimeoutMs: connectTimeout,
    headersTimeoutMs: headersTimeout,
    bodyTimeoutMs: bodyTimeout,
    healthCheck: healthCheck === undefined ? undefined : { path: healthCheck.path, intervalMs: healthCheck.interval ?? 5000, timeoutMs: healthCheck.timeout ?? 2000, unhealthyAfter: healthCheck.unhealthyAfter ?? 3, healthyAfter: healthCheck.healthyAfter ?? 2 },
  };
}

function versioningOf({ apis, versioning }: Policy, note: ReadPolicy["faultAt"]): Plan["versioning"] {
  if (versioning === undefined) return { from: "path" };
  const { default: otherwise, from, header, query } = versioning;
  if ([from, header, query].filter((one) => one !== undefined).length !== 1) note(["versioning"], "a version is named in one place", { expected: "from: path, from: accept, header: NAME or query: NAME" });
  if (from === "path") return { from };
  for (const [index, api] of apis.entries()) if (api.version === undefined) note(["apis", String(index)], "an API without a version cannot be asked for", { expected: "version: v1" });
  if (otherwise !== undefined && !apis.some((api) => api.version === otherwise)) note(["versioning", "default"], `there is no API of version '${otherwise}'`, { expected: apis.map((api) => api.version).join(", ") });
  return header !== undefined ? { from: "header", name: header.toLowerCase(), otherwise } : query !== undefined ? { from: "query", name: query, otherwise } : { from: "accept", name: "version", otherwise };
}
