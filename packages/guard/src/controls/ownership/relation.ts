import { notYours, ownerUnknown } from "../../facts/absent.ts";
import type { AskRelation } from "./owner-rule.ts";
import type { RequestPlace } from "./request-place.ts";

/** What an external decision point is asked: may this subject do this to that object. */
export interface RelationQuestion {
  readonly subject: string;
  readonly action: string;
  readonly resource: string;
  readonly id: string;
}

/** True or false is a decision; a text says why there is none. */
export type AskDecisionPoint = (question: RelationQuestion) => Promise<boolean | string>;

/** One question of the policy, to one decision point. */
export interface RelationPlan {
  /** The name of the decision point. */
  readonly at: string;
  readonly action: string;
  readonly resource: string;
  /** Where the request names the object. */
  readonly id: RequestPlace;
}

/** An external authorization service. */
export interface DecisionPointPlan {
  readonly url: string;
  readonly form: "authzen" | "openfga" | "http";
  readonly timeoutMs: number;
  readonly rememberMs: number;
  readonly onFailure: "deny" | "allow";
}

/** The decision points of the plan, ready to be asked. */
export type DecisionPoints = ReadonlyMap<
  string,
  { readonly plan: DecisionPointPlan; readonly ask: AskDecisionPoint }
>;

/**
 * A decision point that does not answer refuses, or lets pass where the policy says so; either way
 * the record says that it did not answer.
 */
export function compileRelation(points: DecisionPoints): AskRelation {
  return async (known, { action, at, resource }, subject, id) => {
    const point = points.get(at);
    const answer =
      point === undefined ? "is not there" : await point.ask({ subject, action, resource, id });
    if (answer === true) return undefined;
    if (answer === false) return notYours(`${at} does not allow ${action}`);
    const unknown = ownerUnknown(`${at}: ${answer}`);
    if (point?.plan.onFailure !== "allow") return unknown;
    known.decisions.observe(unknown);
    return undefined;
  };
}
