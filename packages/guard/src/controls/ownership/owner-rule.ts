import type { Caller } from "../../facts/caller.ts";
import type { Decisions } from "../../facts/decision.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { AskingFacts } from "../compile-context.ts";
import type { GrantedPlan } from "./granted.ts";
import type { AnswerTest } from "./answer-test.ts";
import type { ChoosingQuery } from "./choosing.ts";
import type { RelationPlan } from "./relation.ts";
import type { RequestPlace } from "./request-place.ts";

interface MayNameNone {
  /** A request that names no object there has nothing to be judged by this rule. */
  readonly optional: boolean;
}

/** One way to tell that an object is the caller's. */
export type OwnerAtom =
  /** Who is named in the request itself. */
  | ({
      readonly kind: "request";
      readonly place: RequestPlace;
      readonly is: string;
      readonly granted?: GrantedPlan;
    } & MayNameNone)
  /** Another operation is asked first: its answer names the owner. */
  | ({
      readonly kind: "lookup";
      readonly lookup: LookupPlan;
      readonly test: AnswerTest;
    } & MayNameNone)
  /** An external decision point is asked. */
  | ({
      readonly kind: "relation";
      readonly relation: RelationPlan;
      readonly is: string;
    } & MayNameNone)
  /** Its id was once shown to the caller. */
  | ({
      readonly kind: "provenance";
      readonly objects: string;
      readonly id: RequestPlace;
      readonly is: string;
    } & MayNameNone)
  /** The answer names the owner. */
  | { readonly kind: "response"; readonly test: AnswerTest };

/** One operation that a lookup asks. */
export interface LookupStepPlan {
  /** Its name. */
  readonly operation: string;
  readonly pathTemplate: string;
  /** Where the values of the template's parameters come from, in its order. */
  readonly values: readonly ValuePlace[];
  /** What of the query goes along. */
  readonly query: ChoosingQuery;
}

/** A place of the request, or of what the step before has answered. */
export type ValuePlace =
  | RequestPlace
  | { readonly from: "answer"; readonly pointer: readonly string[] };

export interface LookupPlan {
  /** Asked one after another; the last one's answer shows the object. */
  readonly steps: readonly LookupStepPlan[];
  /** The last answer is a list, in which the object stands. */
  readonly find: FindPlan | undefined;
  readonly mostObjects: number;
}

/** How an object is found in a list. */
export interface FindPlan {
  /** Where the answer holds the list. */
  readonly items: readonly string[];
  /** Where an element holds its id. */
  readonly by: readonly string[];
  /** Where the request names the object. */
  readonly id: RequestPlace;
}

/** One question to the backend: whose is what stands here. */
export interface LookupQuestion {
  readonly path: string;
  readonly query: string;
}

/** Any of the atoms is enough. */
export interface OwnerClause {
  readonly atoms: readonly OwnerAtom[];
  readonly exceptRoles: readonly string[];
}

/** Asks the lookup's operation; what it answered, or why it did not. */
export type AskLookup = (
  known: AskingFacts,
  question: LookupQuestion,
) => Promise<{ readonly answer: unknown } | Refusal>;

/** Whom a decision point is asked about, and what. */
export interface RelatedObject {
  readonly subject: string;
  readonly id: string;
  /** What else the rule tells of the request. */
  readonly with: Readonly<Record<string, string>>;
}

/** Asks the decision point about one object; undefined when it allows. */
export type AskRelation = (
  known: { readonly decisions: Pick<Decisions, "observe"> },
  relation: RelationPlan,
  object: RelatedObject,
) => Promise<Refusal | undefined>;

/** Whether ids of a kind were shown to a caller; undefined when that cannot be told now. */
export type AskShown = (
  caller: string,
  kind: string,
  ids: readonly string[],
) => boolean | undefined | Promise<boolean | undefined>;

/** Whom a rule may have to ask. */
export interface Asks {
  readonly lookup: AskLookup;
  readonly relation: AskRelation;
  readonly shown: AskShown;
}

/** The parts of a caller that an object's owner is compared with. */
export type OwningCaller = Pick<Caller, "claims" | "key" | "roles" | "source" | "subject">;

/** `deferred`: only the backend's answer can tell. */
export type OwnerOutcome = "owned" | "deferred" | Refusal;
