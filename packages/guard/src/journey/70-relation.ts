import type { AskRelation } from "../authorization/owner-rule.ts";
import type { AskDecisionPoint } from "../authorization/relation.ts";
import type { DecisionPointPlan } from "../policy/plan.ts";
import { refuse } from "../refusal.ts";
import type { JourneyExchange } from "./step.ts";

/** The decision points of the plan, ready to be asked. */
export type DecisionPoints = ReadonlyMap<string, { readonly plan: DecisionPointPlan; readonly ask: AskDecisionPoint }>;

/** A decision point that does not answer refuses, or lets pass where the policy says so; either way the record says it did not answer. */
export function compileRelation(points: DecisionPoints): (exchange: JourneyExchange) => AskRelation {
  return (exchange) => async ({ action, at, resource }, subject, id) => {
    const point = points.get(at);
    const answer = point === undefined ? "is not there" : await point.ask({ subject, action, resource, id });
    if (answer === true) return undefined;
    if (answer === false) return refuse("object-not-yours", { detail: `${at} does not allow ${action}` });
    const unknown = refuse("owner-unknown", { detail: `${at}: ${answer}`, retryAfterSeconds: 1 });
    if (point?.plan.onFailure !== "allow") return unknown;
    (exchange.decisions ??= []).push({ refusal: unknown, mode: "observe" });
    return undefined;
  };
}
