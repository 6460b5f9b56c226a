import type { AskLookup, AskRelation, AskShown, OwnerOutcome } from "../authorization/owner-rule.ts";
import type { OwnerEvidence } from "../authorization/owner-evidence.ts";
import { type NamingRequest, readIds, type RequestPlace } from "../authorization/request-place.ts";
import type { compileStepUp } from "../authorization/step-up.ts";
import type { Principal } from "../credentials/principal.ts";
import type { Check } from "../exchange.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { JourneyExchange } from "./step.ts";

/** Step 70, functions: may this caller use this operation. */
export function prepareEntry(judge: (principal: Principal | undefined) => Refusal | undefined): Check<JourneyExchange> {
  return (exchange) => judge(exchange.principal);
}

/** Step 70, strength: has the caller signed in as strongly, and as lately, as this operation asks. */
export function prepareStepUp(judge: ReturnType<typeof compileStepUp>): Check<JourneyExchange> {
  return (exchange) => judge(exchange.principal?.claims, exchange.body, Math.floor(exchange.receivedAtMs / 1000));
}

type JudgeClause = (request: NamingRequest, owner: Principal | undefined, ask: AskLookup, askRelation: AskRelation, askShown: AskShown) => OwnerOutcome | Promise<OwnerOutcome>;

/** Step 70, objects: what the request names must be the caller's. What only the answer can tell is left to the filter. */
export function prepareOwners(clauses: readonly { readonly bit: number; readonly judge: JudgeClause }[], askFor: (exchange: JourneyExchange) => AskLookup, askRelationFor: (exchange: JourneyExchange) => AskRelation, askShown: AskShown): Check<JourneyExchange> {
  const conclude = (exchange: JourneyExchange, bit: number, outcome: OwnerOutcome): Refusal | undefined => {
    if (outcome === "owned") return undefined;
    if (outcome !== "deferred") return outcome;
    exchange.ownerPending |= bit;
    return undefined;
  };
  const from = (exchange: JourneyExchange, start: number): Refusal | undefined | Promise<Refusal | undefined> => {
    for (let index = start; index < clauses.length; index += 1) {
      const { bit, judge } = clauses[index] as (typeof clauses)[number];
      const outcome = judge(exchange, exchange.principal, askFor(exchange), askRelationFor(exchange), askShown);
      if (outcome instanceof Promise) return outcome.then((settled) => conclude(exchange, bit, settled) ?? from(exchange, index + 1));
      const refusal = conclude(exchange, bit, outcome);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
  return (exchange) => from(exchange, 0);
}

/** Not a judgement: where no rule says whose the object is, who is named in path and query is counted, to propose one. */
export function prepareParameterEvidence(operation: string, places: readonly { readonly name: string; readonly place: RequestPlace }[], evidence: OwnerEvidence): Check<JourneyExchange> {
  return (exchange) => {
    if (exchange.user === undefined) return undefined;
    for (const { name, place } of places) {
      const ids = readIds(place, exchange, true);
      if ("unread" in ids) evidence.noteParameter(operation, name, "", exchange.user);
      else for (const id of ids) evidence.noteParameter(operation, name, id, exchange.user);
    }
    return undefined;
  };
}

/** Step 70, properties: what the caller's roles may not write, the body may not hold. */
export function prepareWritable(forbiddenIn: (body: unknown, roles: readonly string[]) => readonly string[]): Check<JourneyExchange> {
  return (exchange) => {
    const forbidden = forbiddenIn(exchange.body, exchange.principal?.roles ?? []);
    if (forbidden.length === 0) return undefined;
    return refuse("property-forbidden", { violations: forbidden.map((pointer) => ({ in: "body", pointer, keyword: "forbidden", message: "may not be written by this caller" })) });
  };
}
