import { compileEntry, compileHeldScopes } from "../authorization/entry.ts";
import type { OwnerEvidence } from "../authorization/owner-evidence.ts";
import { filterForeign } from "../authorization/filter-foreign.ts";
import { compileOwnerClause, compileOwnerOfAnswer } from "../authorization/owner-clause.ts";
import type { Asks } from "../authorization/owner-rule.ts";
import { compileOwnerExpression } from "../authorization/ownership.ts";
import { compileStepUp } from "../authorization/step-up.ts";
import type { App } from "../clients/app-version.ts";
import { readRange, readVersion } from "../clients/app-version.ts";
import { compileRequestContract } from "../contracts/check-request.ts";
import { compileAnswerContracts } from "../contracts/check-response.ts";
import type { SchemaCompiler } from "../contracts/compile-schema.ts";
import { compileReplaceMarked, type ReplaceMarked } from "../contracts/marked-properties.ts";
import { compileForbidden } from "../contracts/forbidden-properties.ts";
import { type Control, controls } from "../control.ts";
import type { BindingRules } from "../credentials/binding.ts";
import { challenge } from "../credentials/challenge.ts";
import type { Principal } from "../credentials/principal.ts";
import type { Check } from "../exchange.ts";
import { compileLimits } from "../limits/compile-limits.ts";
import type { Operation } from "../operation.ts";
import { namedPlaces } from "../policy/plan-request-place.ts";
import type { ApiPlan, OperationPlan, OwnersPlan, Plan } from "../policy/plan.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { compileMode } from "../rollout/mode.ts";
import type { ProvenanceState } from "../state/provenance.ts";
import type { ReplayState } from "../state/replay.ts";
import type { LimitState } from "../state/state.ts";
import type { Upstream } from "../upstream.ts";
import { prepareIdentify } from "./30-identify.ts";
import { prepareAuthenticate } from "./40-authenticate.ts";
import { prepareBinding } from "./40-binding.ts";
import { prepareLimit } from "./50-limit.ts";
import { prepareValidateBody, prepareValidateHead, type ValidateRules } from "./60-validate.ts";
import { answerSealer, bodyOpener, type IdSealing, notOpened, prepareOpenIds, sealLink } from "./70-open-ids.ts";
import { prepareEntry, prepareOwners, prepareParameterEvidence, prepareStepUp, prepareWritable } from "./70-authorize.ts";
import { compileLookup, type LookupMemory } from "./70-lookup.ts";
import { compileRelation, type DecisionPoints } from "./70-relation.ts";
import type { IdentityAssertion } from "./80-forward.ts";
import type { AnswerRules, JourneyExchange, ModeTable, OperationJourney } from "./step.ts";

/** What every operation of the plan is compiled with. */
export interface SharedParts {
  readonly plan: Plan;
  readonly state: LimitState;
  readonly readApp: (field: string | undefined) => App | undefined;
  readonly checkApp: ((app: App | undefined) => Refusal | undefined) | undefined;
  /** By the operation's security schemes. */
  readonly findCredentialFor: ((operation: Operation) => (rawHeaders: readonly string[]) => string | Refusal | undefined) | undefined;
  /** Undefined when no ids are sealed. */
  readonly sealing: IdSealing | undefined;
  readonly assertIdentity: IdentityAssertion | undefined;
  readonly decisionPoints: DecisionPoints;
  readonly evidence: OwnerEvidence | undefined;
  /** What callers were shown; undefined when nobody asks. */
  readonly provenance: ProvenanceState | undefined;
  readonly verify: ((token: string, nowSeconds: number) => Principal | Refusal) | undefined;
  /** Undefined where nobody asks whether tokens are bound. */
  readonly binding: { readonly rules: BindingRules; readonly replay: ReplayState } | undefined;
}

export interface ApiParts {
  readonly api: ApiPlan;
  readonly upstream: Upstream;
  readonly request: SchemaCompiler;
  readonly response: SchemaCompiler;
  /** What lookups at this API's backend have answered. */
  readonly lookups: LookupMemory;
}

/** Rules are by operation, and what such a body asks for is no operation of its own. */
const closedToCarriers = (): Refusal => refuse("rule-missing", { detail: "the request carries others of its own, and the policy does not say carriesRequests: true" });
const readsNothing: AnswerRules = Object.freeze({ forAnswer: undefined, checkOwner: undefined, filterForeign: undefined, noteAnswer: undefined, noteShown: undefined, sealFor: undefined, sealLink: undefined, afterWrite: undefined, mostBufferedBytes: 0, tags: false });
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/**
 * The checks of one operation, in the order of the journey: version, app, caller, limits, what the head says, what the
 * caller may, and only then the body, because nobody who may not enter should make the gate read one.
 */
export function compileOperation(operation: Operation, own: OperationPlan, parts: SharedParts, apiParts: ApiParts): OperationJourney {
  const { api, request, upstream } = apiParts;
  const { plan, state } = parts;
  const checks: Check<JourneyExchange>[] = [];
  const checkNames: string[] = [];
  const add = (name: string, check: Check<JourneyExchange> | undefined): void => {
    if (check === undefined) return;
    checks.push(check);
    checkNames.push(name);
  };
  const decided = (control: Control): boolean => own.modes[control] !== "off";
  const alsoDeclared = [...(plan.versioning.from === "query" ? [plan.versioning.name] : []), ...api.document.securitySchemes.flatMap((scheme) => (scheme.in === "query" && scheme.parameterName !== undefined ? [scheme.parameterName] : []))];
  const contract = decided("request") ? compileRequestContract(operation, api.document.schemas, request, alsoDeclared) : undefined;
  const limits = decided("limit") ? compileLimits(own.limits, plan.tiers, state) : { before: undefined, after: undefined };

  if (decided("version")) add("version", prepareSunset(api));
  // The issuer is asked by browsers, which are no builds of the app, and reads its callers' credentials itself.
  add("identify", prepareIdentify({ readApp: parts.readApp, checkApp: decided("app") && !api.issuer ? parts.checkApp : undefined }));
  if (parts.verify !== undefined && parts.findCredentialFor !== undefined && decided("authentication") && !api.issuer) {
    add("authenticate", prepareAuthenticate({ findCredential: parts.findCredentialFor(operation), verify: parts.verify, challenge, anonymous: own.entry?.anonymous === true }));
    if (parts.binding !== undefined && decided("binding")) add("authenticate binding", prepareBinding(parts.binding.rules, parts.binding.replay));
  }
  if (limits.before !== undefined) add("limit", prepareLimit(limits.before));
  const sealing = decided("ownership") ? parts.sealing : undefined;
  if (sealing !== undefined) add("open ids", prepareOpenIds(sealing, operation, api.document.schemas));
  const { checkHead } = contract ?? {};
  if (checkHead !== undefined) add("validate parameters", prepareValidateHead((exchange) => checkHead({ pathParameters: exchange.pathParameters, query: exchange.query, rawHeaders: exchange.arrival.rawHeaders, cookie: exchange.known.cookie })));
  const judge = own.carriesRequests === "closed" && !api.issuer ? closedToCarriers : compileEntry(own.entry, compileHeldScopes(plan.roles));
  if (judge !== undefined) add("authorize entry", prepareEntry(judge));
  const stepUp = own.stepUp === undefined || !decided("authorization") ? undefined : prepareStepUp(compileStepUp(own.stepUp));
  const readsBodyFirst = own.stepUp?.when !== undefined && "pointer" in own.stepUp.when;
  if (!readsBodyFirst) add("authorize step-up", stepUp);
  const clauses = own.owner === undefined || !decided("ownership") ? [] : own.owner.clauses.map((clause, index) => ({ bit: 1 << index, judge: compileOwnerClause(clause), asks: clause.atoms.some((atom) => atom.kind !== "request" && atom.kind !== "response"), early: clause.atoms.every((atom) => atom.kind === "request" && atom.place.from !== "body") }));
  const { evidence } = parts;
  const watched = evidence !== undefined && own.owner === undefined && own.entry?.anonymous === false ? evidence : undefined;
  const named = watched === undefined ? [] : namedPlaces(operation, api.document.schemas);
  if (watched !== undefined && named.length > 0) add("count evidence", prepareParameterEvidence(own.name, named, watched));
  const early = clauses.filter((clause) => clause.early);
  if (early.length > 0) add("authorize owner", prepareOwners(early, undefined));
  if (contract !== undefined) add("validate body", prepareValidateBody({ bodyRequired: contract.bodyRequired, readingOf: contract.readingOf, mostBodyBytes: own.mostBodyBytes, openBody: sealing === undefined ? undefined : compileOpenBody(operation, api, sealing) }));
  const forbiddenIn = decided("authorization") ? compileForbidden(operation, api.document.schemas, plan.writable) : undefined;
  if (forbiddenIn !== undefined) add("authorize properties", prepareWritable(forbiddenIn));
  if (readsBodyFirst) add("authorize step-up", stepUp);
  const late = clauses.filter((clause) => !clause.early);
  if (late.length > 0) add("authorize owner by body, lookup or answer", prepareOwners(late, late.some((clause) => clause.asks) ? compileAsks(parts, apiParts) : undefined));
  if (limits.after !== undefined) add("limit by body", prepareLimit(limits.after));

  const answer = compileAnswer(operation, own, apiParts, plan, sealing, watched, api.issuer ? undefined : parts.provenance);
  return Object.freeze<OperationJourney>({
    name: own.name,
    operation,
    apiVersion: api.version,
    checks: Object.freeze(checks),
    checkNames: Object.freeze(checkNames),
    modes: compileModes(own),
    upstream,
    answer,
    answerHeaders: api.answerHeaders,
    readsAnswer: readsSuccess(operation, answer),
    mostBodyBytes: own.mostBodyBytes,
    hideStepMs: own.hideStepMs,
    issuer: api.issuer,
  });
}

/** Whom owner rules ask: the backend as the caller, decision points, and what was shown. */
function compileAsks({ assertIdentity, decisionPoints, provenance }: SharedParts, { lookups, upstream }: ApiParts): (exchange: JourneyExchange) => Asks {
  const lookupFor = compileLookup(upstream, lookups, assertIdentity);
  const relationFor = compileRelation(decisionPoints);
  const shown: Asks["shown"] = (caller, kind, ids) => provenance?.knows(caller, ids.map((id) => `${kind}\n${id}`));
  return (exchange) => ({ lookup: lookupFor(exchange), relation: relationFor(exchange), shown });
}

/** What no document names: counted, recorded, and closed where the route is enforced. */
export function compileUndeclared(parts: SharedParts, upstream: Upstream): OperationJourney {
  const { limits, modes } = parts.plan.undeclared;
  const { before } = modes.limit === "off" ? { before: undefined } : compileLimits(limits, parts.plan.tiers, parts.state);
  const checks = [prepareIdentify({ readApp: parts.readApp, checkApp: undefined }), ...(before === undefined ? [] : [prepareLimit(before)])];
  return Object.freeze<OperationJourney>({ name: "(undeclared)", operation: undefined, apiVersion: undefined, checks: Object.freeze(checks), checkNames: Object.freeze(["identify", "limit"].slice(0, checks.length)), modes: compileModes({ name: "(undeclared)", modes }), upstream, answer: readsNothing, answerHeaders: [], readsAnswer: false, mostBodyBytes: 0, hideStepMs: undefined, issuer: false });
}

function compileModes({ modes, name }: Pick<OperationPlan, "modes" | "name">): ModeTable {
  return Object.freeze(Object.fromEntries(controls.map((control) => [control, compileMode(modes[control], `${name}\n${control}`, appFits)])) as unknown as ModeTable);
}

const appFits = (range: string): ((version: string | undefined) => boolean) => {
  const fits = readRange(range);
  return (version) => {
    const numbers = version === undefined ? undefined : readVersion(version);
    return fits !== undefined && numbers !== undefined && fits(numbers);
  };
};

function prepareSunset({ answerHeaders, sunsetAtMs }: ApiPlan): Check<JourneyExchange> | undefined {
  if (sunsetAtMs === undefined) return undefined;
  const headers = answerHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, answerHeaders[index + 1] as string] as const] : []));
  const ended = refuse("version-sunset", { headers });
  return (exchange) => (exchange.receivedAtMs >= sunsetAtMs ? ended : undefined);
}

/** Whether a successful answer is read. One that is not may come packed, and in parts: a film is fetched by ranges. */
function readsSuccess({ responses }: Operation, { checkOwner, filterForeign: cut, forAnswer, noteShown, tags }: AnswerRules): boolean {
  const declaresJson = responses.some(({ content, status }) => (status.startsWith("2") || status === "default") && content.some(({ mediaType, schema }) => schema !== undefined && mediaType.toLowerCase().includes("json")));
  return checkOwner !== undefined || cut !== undefined || noteShown !== undefined || tags || (forAnswer !== undefined && declaresJson);
}

function compileAnswer(operation: Operation, { modes, mostAnswerBytes, name, owner, tags: wanted }: OperationPlan, { api, lookups, response }: ApiParts, plan: Plan, sealing: IdSealing | undefined, evidence: OwnerEvidence | undefined, provenance: ProvenanceState | undefined): AnswerRules {
  const reads = modes.response !== "off" || modes.disclosure !== "off" || sealing !== undefined;
  const forAnswer = reads && operation.responses.length > 0 ? compileAnswerContracts(operation, api.document.schemas, response, plan.visible, sealing?.plan.marks ?? {}) : undefined;
  const sealFor = sealing === undefined ? undefined : (exchange: JourneyExchange) => answerSealer(sealing, exchange);
  const owned = modes.ownership === "off" ? undefined : owner;
  const checkOwner = owned === undefined ? undefined : compileCheckOwner(owned);
  const cutForeign = owned?.foreign === undefined ? undefined : compileFilterForeign(owned.foreign);
  const noteAnswer = evidence === undefined || operation.method !== "GET" ? undefined : (answer: unknown, { user }: JourneyExchange): void => {
    if (user !== undefined) evidence.noteAnswer(name, answer, user);
  };
  const noteShown = provenance === undefined || plan.shown === undefined || modes.ownership === "off" ? undefined : compileNoteShown(operation, api, plan.shown, provenance);
  const tags = wanted && operation.method === "GET";
  const looksUp = api.operations.some((one) => one.owner?.clauses.some((clause) => clause.atoms.some((atom) => atom.kind === "lookup")) === true);
  const afterWrite = looksUp && !safeMethods.has(operation.method) ? (path: string): void => lookups.forget(path) : undefined;
  if (sealing === undefined && forAnswer === undefined && checkOwner === undefined && cutForeign === undefined && afterWrite === undefined && noteShown === undefined && !tags) return readsNothing;
  return Object.freeze({ forAnswer, checkOwner, filterForeign: cutForeign, noteAnswer, noteShown, sealFor, sealLink: sealing === undefined ? undefined : (link: string, exchange: JourneyExchange): string => sealLink(sealing, exchange, link), afterWrite, mostBufferedBytes: mostAnswerBytes, tags });
}

function compileCheckOwner({ clauses }: OwnersPlan): AnswerRules["checkOwner"] {
  const judged = clauses.flatMap((clause, index) => (clause.atoms.some((atom) => atom.kind === "response") ? [{ bit: 1 << index, judge: compileOwnerOfAnswer(clause) }] : []));
  if (judged.length === 0) return undefined;
  return (answer, { ownerPending, principal }) => {
    if (ownerPending === 0) return undefined;
    if (principal === undefined) return refuse("object-not-yours", { detail: "nobody is signed in" });
    for (const { bit, judge } of judged) {
      const refusal = (ownerPending & bit) === 0 ? undefined : judge(answer, principal);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
}

function compileFilterForeign({ exceptRoles, is, pointer }: NonNullable<OwnersPlan["foreign"]>): AnswerRules["filterForeign"] {
  const ownerOf = compileOwnerExpression(is);
  return (answer, { principal }) => (principal !== undefined && exceptRoles.some((role) => principal.roles.includes(role)) ? undefined : filterForeign(answer, pointer, principal === undefined ? undefined : ownerOf(principal)));
}

/** Ids that an answer shows its reader, wherever its schema says they are; what was created is shown too. */
function compileNoteShown({ responses }: Operation, { document }: ApiPlan, shown: NonNullable<Plan["shown"]>, provenance: ProvenanceState): AnswerRules["noteShown"] {
  const visits = responses.filter(({ status }) => status.startsWith("2") || status === "default").flatMap(({ content }) => content.flatMap(({ mediaType, schema }) => (mediaType.toLowerCase().includes("json") ? (compileReplaceMarked(schema, document.schemas, shown) ?? []) : [])));
  if (visits.length === 0) return undefined;
  return (answer, { user }) => {
    if (user === undefined) return;
    const names: string[] = [];
    for (const visit of visits) visit(answer, (kind, id) => {
      if (typeof id === "string" || typeof id === "number") names.push(`${kind}\n${id}`);
      return id;
    });
    if (names.length > 0) provenance.note(user, names);
  };
}

/** Ids come in bodies that the gate reads and writes again: JSON and forms. One that it cannot write, or does not read, could carry them past the seal. */
function compileOpenBody(operation: Operation, { document }: ApiPlan, sealing: IdSealing): ValidateRules["openBody"] {
  const replaceIn = (form: RegExp): ReplaceMarked | undefined => compileReplaceMarked(operation.requestBody?.content.find((content) => form.test(content.mediaType))?.schema, document.schemas, sealing.plan.marks, true);
  const [json, form, parts] = [replaceIn(/json|\*/i), replaceIn(/x-www-form-urlencoded/i), replaceIn(/multipart/i)];
  if (json === undefined && form === undefined && parts === undefined) return undefined;
  return (exchange, kind) => {
    const replace = kind === "json" ? json : kind === "form" ? form : undefined;
    if (replace !== undefined) {
      const opener = bodyOpener(sealing, exchange);
      // One reading: opened twice, an id would be taken for a handle.
      return { open: (value) => replace(value, opener.replace), refusal: () => opener.refusal };
    }
    const unwritten = kind === "multipart" ? parts !== undefined : kind !== "json" && kind !== "form" && /json|form/i.test(exchange.known.contentType ?? "");
    return { open: (value) => value, refusal: () => (unwritten ? notOpened(`a body of the kind ${kind}`) : undefined) };
  };
}
