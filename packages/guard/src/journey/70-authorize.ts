import type { JudgeClause } from "../authorization/owner-clause.ts";
import type { Asks, OwnerOutcome } from "../authorization/owner-rule.ts";
import type { OwnerEvidence } from "../authorization/owner-evidence.ts";
import { compileReadIds, type RequestPlace } from "../authorization/request-place.ts";
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

const neverAsked = (): never => {
  throw new Error("a rule that asks nobody has asked");
};
const nobodyAsked: Asks = Object.freeze({ lookup: neverAsked, relation: neverAsked, shown: neverAsked });

/**
 * Step 70, objects: what the request names must be the caller's. What only the answer can tell is left to the filter.
 *
 * @param asksFor undefined where no clause asks anybody
 */
export function prepareOwners(clauses: readonly { readonly bit: number; readonly judge: JudgeClause }[], asksFor: ((exchange: JourneyExchange) => Asks) | undefined): Check<JourneyExchange> {
  const conclude = (exchange: JourneyExchange, bit: number, outcome: OwnerOutcome): Refusal | undefined => {
    if (outcome === "owned") return undefined;
    if (outcome !== "deferred") return outcome;
    exchange.ownerPending |= bit;
    return undefined;
  };
  const from = (exchange: JourneyExchange, asks: Asks, start: number): Refusal | undefined | Promise<Refusal | undefined> => {
    for (let index = start; index < clauses.length; index += 1) {
      const { bit, judge } = clauses[index] as (typeof clauses)[number];
      const outcome = judge(exchange, exchange.principal, asks);
      if (outcome instanceof Promise) return outcome.then((settled) => conclude(exchange, bit, settled) ?? from(exchange, asks, index + 1));
      const refusal = conclude(exchange, bit, outcome);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
  return (exchange) => from(exchange, asksFor?.(exchange) ?? nobodyAsked, 0);
}

/** Not a judgement: where no rule says whose the object is, who is named in path and query is counted, to propose one. */
export function prepareParameterEvidence(operation: string, places: readonly { readonly name: string; readonly place: RequestPlace }[], evidence: OwnerEvidence): Check<JourneyExchange> {
  const readers = places.map(({ name, place }) => ({ name, read: compileReadIds(place, true) }));
  return (exchange) => {
    if (exchange.user === undefined) return undefined;
    for (const { name, read } of readers) {
      const ids = read(exchange);
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
