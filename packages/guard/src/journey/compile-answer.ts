import { filterForeign } from "../authorization/filter-foreign.ts";
import { compileOwnerOfAnswer } from "../authorization/owner-clause.ts";
import type { OwnerEvidence } from "../authorization/owner-evidence.ts";
import { compileOwnerExpression } from "../authorization/ownership.ts";
import { compileAnswerContracts } from "../contracts/check-response.ts";
import { compileReplaceMarked } from "../contracts/marked-properties.ts";
import type { Operation } from "../operation.ts";
import type { ApiPlan, OperationPlan, OwnersPlan, Plan } from "../policy/plan.ts";
import { refuse } from "../refusal.ts";
import type { ProvenanceState } from "../state/provenance.ts";
import { answerSealer, type IdSealing, sealLink } from "./70-open-ids.ts";
import type { ApiParts } from "./operation-parts.ts";
import type { AnswerRules, JourneyExchange } from "./step.ts";

/** Answers that nobody looks into. */
export const readsNothing: AnswerRules = Object.freeze({ forAnswer: undefined, checkOwner: undefined, filterForeign: undefined, noteAnswer: undefined, noteShown: undefined, sealFor: undefined, sealLink: undefined, afterWrite: undefined, mostBufferedBytes: 0, tags: false });
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/** Whether a successful answer is read. One that is not may come packed, and in parts: a film is fetched by ranges. */
export function readsSuccess({ responses }: Operation, { checkOwner, filterForeign: cut, forAnswer, noteShown, tags }: AnswerRules): boolean {
  const declaresJson = responses.some(({ content, status }) => (status.startsWith("2") || status === "default") && content.some(({ mediaType, schema }) => schema !== undefined && mediaType.toLowerCase().includes("json")));
  return checkOwner !== undefined || cut !== undefined || noteShown !== undefined || tags || (forAnswer !== undefined && declaresJson);
}

/** What becomes of the answers of one operation, in the order of `90-filter.ts`. */
export function compileAnswer(operation: Operation, { modes, mostAnswerBytes, name, owner, tags: wanted }: OperationPlan, { api, lookups, response }: ApiParts, plan: Plan, sealing: IdSealing | undefined, evidence: OwnerEvidence | undefined, provenance: ProvenanceState | undefined): AnswerRules {
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
