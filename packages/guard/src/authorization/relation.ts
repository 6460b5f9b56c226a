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
  readonly at: string;
  readonly action: string;
  readonly resource: string;
  /** Where the request names the object. */
  readonly id: RequestPlace;
}
