import type { ApiDocument, Fault, Operation, SchemaRegistry } from "../document/api-document.ts";
import { noteReading, plainReading, planReading } from "./backend-reading.ts";
import type { CoreKeys } from "./core-keys.ts";
import { withJsonBodies } from "./json-bodies.ts";
import { closestOf, type EntryAt, type JoinContext, type NoteFault } from "./join-context.ts";
import type { PolicyOf } from "./keys.ts";
import { layModes, type ModeKey, noModes, resolveModes } from "./mode-setting.ts";
import { type ApiPlanOf, type OperationPlanOf, type PlanOf, undeclaredName } from "./plan.ts";
import type { PolicyReading } from "./read-policy.ts";
import { noteRecord, planRecord } from "./record-setting.ts";
import { compileSelection, noteUnmatched } from "./select-operations.ts";
import { noteState, planState } from "./state-setting.ts";
import { noteUnfitCapacity } from "./upstream-capacity.ts";
import { planUpstream, type UpstreamPlan } from "./upstream-setting.ts";

type CorePolicy = PolicyOf<CoreKeys>;
type Entries = readonly EntryAt<CoreKeys>[];

/** What joining asks of a control. It knows none by name. */
export interface Joining {
  readonly name: string;
  names?(policy: never): Readonly<Record<string, readonly string[]>>;
  plan?(policy: never, context: JoinContext): unknown;
  planOperation?(
    entries: never,
    operation: Operation | undefined,
    context: JoinContext & { readonly anonymous: boolean | undefined },
  ): unknown;
  anonymous?(own: never): boolean | undefined;
  /** How backends are asked where the policy leaves it open. */
  completeUpstream?(whole: never, planned: UpstreamPlan): UpstreamPlan;
  readonly issuerKeys?: readonly string[];
}

/** The built-in issuer: an API like any other, but that its document is the program's own. */
export interface IssuerApi {
  readonly document: ApiDocument;
  readonly target: string;
}

export interface Joined<Whole, Own> {
  readonly plan: PlanOf<Whole, Own> | undefined;
  readonly faults: readonly Fault[];
}

const mostAnswerBytes = 8 * 1_048_576;

/**
 * Joins policy and documents into the plan, or says everything that keeps it from being one.
 * The documents stand in the order of the policy's `apis`.
 */
export function joinPlan<Whole, Own>(
  controls: readonly Joining[],
  modeKeys: readonly ModeKey[],
  policy: CorePolicy,
  asWritten: readonly ApiDocument[],
  faultAt: PolicyReading<unknown>["faultAt"],
  issuer?: IssuerApi,
): Joined<Whole, Own> {
  const readings = policy.apis.map(({ upstream }) => planReading(upstream));
  const documents = asWritten.map((document, index) =>
    withJsonBodies(document, (readings[index] ?? plainReading).jsonTypes),
  );
  const faults: Fault[] = [];
  const note: NoteFault = (path, message, rest) => void faults.push(faultAt(path, message, rest));
  const all = issuer === undefined ? documents : [...documents, issuer.document];
  const context = contextOf(controls, policy, { documents, readings }, all, note);
  const select = compileSelection(policy.operations ?? []);
  noteState(policy.state, note);
  noteRecord(policy.record, note);
  noteUnmatched(policy.operations ?? [], context.operations, note);

  const whole: Record<string, unknown> = {};
  for (const control of controls) whole[control.name] = control.plan?.(policy as never, context);
  const planOne = (operation: Operation | undefined, entries: Entries): OperationPlanOf<Own> =>
    planOperation(controls, modeKeys, policy, operation, entries, context);
  const complete = (planned: UpstreamPlan): UpstreamPlan =>
    controls.reduce(
      (before, one) => one.completeUpstream?.(whole[one.name] as never, before) ?? before,
      planned,
    );
  const apis = documents.map((document, index): ApiPlanOf<Own> => {
    const api = policy.apis[index] as CorePolicy["apis"][number];
    const place = ["apis", String(index), "upstream"];
    noteUnfitCapacity(api.upstream, place, note);
    noteReading(api.upstream, place, note);
    return {
      document,
      upstream: complete(planUpstream(api.upstream)),
      backendReads: readings[index] ?? plainReading,
      version: api.version ?? (document.apiVersion === "" ? undefined : document.apiVersion),
      issuer: false,
      operations: document.operations.map((operation) => planOne(operation, select(operation))),
    };
  });
  if (issuer !== undefined)
    apis.push({
      document: issuer.document,
      upstream: planUpstream(issuer.target),
      // The program's own: it reads as its document says.
      backendReads: { ...plainReading, dialect: "strict" },
      version: undefined,
      issuer: true,
      operations: issuer.document.operations.map((operation) =>
        planOne(operation, select(operation).map(forIssuer(controls))),
      ),
    });
  const plan: PlanOf<Whole, Own> = {
    apis,
    undeclared: planOne(undefined, select(undefined)),
    controls: whole as Whole,
    state: planState(policy.state),
    origin: policy.publicUrl === undefined ? undefined : URL.parse(policy.publicUrl)?.origin,
    identified: policy.identity !== undefined,
    record: planRecord(policy.record),
  };
  return { plan: faults.some(({ severity }) => severity === "error") ? undefined : plan, faults };
}

function contextOf(
  controls: readonly Joining[],
  policy: CorePolicy,
  { documents, readings }: Pick<JoinContext, "documents" | "readings">,
  all: readonly ApiDocument[],
  note: NoteFault,
): JoinContext {
  const operations = all.flatMap((document) => document.operations);
  const schemas = new Map<Operation, SchemaRegistry>(
    all.flatMap((document) =>
      document.operations.map((operation) => [operation, document.schemas] as const),
    ),
  );
  const names = new Map<string, readonly string[]>();
  if (policy.roles !== undefined) names.set("role", Object.keys(policy.roles));
  for (const control of controls)
    for (const [kind, known] of Object.entries(control.names?.(policy as never) ?? {}))
      names.set(kind, [...(names.get(kind) ?? []), ...known]);
  return {
    note,
    documents,
    readings,
    operations,
    schemasOf: (operation) => schemas.get(operation) ?? {},
    namesOf: (kind) => names.get(kind),
    identified: policy.identity !== undefined,
  };
}

/** What the entries that select one operation make of it. */
function planOperation<Own>(
  controls: readonly Joining[],
  modeKeys: readonly ModeKey[],
  policy: CorePolicy,
  operation: Operation | undefined,
  entries: Entries,
  context: JoinContext,
): OperationPlanOf<Own> {
  let modes = layModes(noModes, policy.mode);
  for (const { entry } of entries) modes = layModes(modes, entry.mode);
  const own: Record<string, unknown> = {};
  let anonymous: boolean | undefined;
  for (const control of controls) {
    own[control.name] = control.planOperation?.(entries as never, operation, {
      ...context,
      anonymous,
    });
    if (control.anonymous !== undefined) anonymous = control.anonymous(own[control.name] as never);
  }
  return {
    name: operation === undefined ? undeclaredName : (operation.operationId ?? operation.key),
    modes: resolveModes(modes, modeKeys),
    anonymous,
    controls: own as Own,
    mostAnswerBytes: closestOf(entries, "maxAnswerSize")?.value ?? mostAnswerBytes,
    entityTags: closestOf(entries, "entityTags")?.value ?? false,
  };
}

/**
 * What the policy says of all operations (`*`) is meant for the API. The issuer's endpoints take
 * only modes from it, and keys that a control states to be for them too, such as limits. A rule on
 * who may enter is not taken: people would have to be signed in before they could sign in.
 */
function forIssuer(controls: readonly Joining[]): (at: EntryAt<CoreKeys>) => EntryAt<CoreKeys> {
  const kept = new Set(["match", "mode", ...controls.flatMap(({ issuerKeys = [] }) => issuerKeys)]);
  return (at) => {
    const keys = Object.entries(at.entry).filter(([key]) => kept.has(key));
    return { ...at, entry: Object.fromEntries(keys) as unknown as typeof at.entry };
  };
}
