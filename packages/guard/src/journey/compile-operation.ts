import { compileEntry, compileHeldScopes } from "../authorization/entry.ts";
import { compileOwnerClause } from "../authorization/owner-clause.ts";
import type { Asks } from "../authorization/owner-rule.ts";
import { compileStepUp } from "../authorization/step-up.ts";
import { readRange, readVersion } from "../clients/app-version.ts";
import { compileRequestContract } from "../contracts/check-request.ts";
import { compileForbidden } from "../contracts/forbidden-properties.ts";
import { type Control, controls } from "../control.ts";
import { challenge } from "../credentials/challenge.ts";
import type { Check } from "../exchange.ts";
import { compileLimits } from "../limits/compile-limits.ts";
import type { Operation } from "../operation.ts";
import { namedPlaces } from "../policy/plan-request-place.ts";
import type { ApiPlan, OperationPlan } from "../policy/plan.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { compileMode } from "../rollout/mode.ts";
import type { Upstream } from "../upstream.ts";
import { prepareIdentify } from "./30-identify.ts";
import { prepareAuthenticate } from "./40-authenticate.ts";
import { prepareBinding } from "./40-binding.ts";
import { prepareLimit } from "./50-limit.ts";
import { prepareValidateBody, prepareValidateHead } from "./60-validate.ts";
import { compileOpenBody } from "./70-open-body.ts";
import { prepareOpenIds } from "./70-open-ids.ts";
import { prepareEntry, prepareOwners, prepareParameterEvidence, prepareStepUp, prepareWritable } from "./70-authorize.ts";
import { compileLookup } from "./70-lookup.ts";
import { compileRelation } from "./70-relation.ts";
import { compileAnswer, readsNothing, readsSuccess } from "./compile-answer.ts";
import type { ApiParts, SharedParts } from "./operation-parts.ts";
import type { JourneyExchange, ModeTable, OperationJourney } from "./step.ts";

/** Rules are by operation, and what such a body asks for is no operation of its own. */
const closedToCarriers = (): Refusal => refuse("rule-missing", { detail: "the request carries others of its own, and the policy does not say carriesRequests: true" });

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
