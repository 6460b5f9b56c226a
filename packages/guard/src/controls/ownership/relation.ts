import { notYours, ownerUnknown } from "../../facts/absent.ts";
import type { ChoosingQuery } from "./choosing.ts";
import type { AskRelation } from "./owner-rule.ts";
import type { RequestPlace } from "./request-place.ts";

/** What an external decision point is asked: may this subject do this to that object. */
export interface RelationQuestion {
  readonly subject: string;
  readonly action: string;
  readonly resource: string;
  readonly id: string;
  /** What else the rule tells of the request, such as the tenant; undefined where it tells nothing. */
  readonly with: Readonly<Record<string, string>> | undefined;
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
  /** What else it is told, by its name there. */
  readonly with: Readonly<Record<string, RequestPlace>>;
  /** What the query may hold beside that. */
  readonly query: ChoosingQuery;
  /** How many different objects one request may name. */
  readonly mostObjects: number;
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
  return async (known, { action, at, resource }, { id, subject, with: more }) => {
    const point = points.get(at);
    const told = Object.keys(more).length === 0 ? undefined : more;
    const answer =
      point === undefined
        ? "is not there"
        : await point.ask({ subject, action, resource, id, with: told });
    if (answer === true) return undefined;
    if (answer === false) return notYours(`${at} does not allow ${action}`);
    const unknown = ownerUnknown(`${at}: ${answer}`);
    if (point?.plan.onFailure !== "allow") return unknown;
    known.decisions.observe(unknown);
    return undefined;
  };
}
