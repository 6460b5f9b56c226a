import type { ApiDocument, Operation } from "@portcullis/guard/documents";
import type { Harvest } from "./harvest.ts";
import type { Identifier, Two } from "./identifiers.ts";

/** What was learned by asking as two people. */
export interface Learned {
  readonly people: Two<Harvest>;
  readonly identifiers: readonly Identifier[];
  readonly operations: readonly Operation[];
  readonly document: ApiDocument;
}

/** Ids that a list shows to the people whose objects they are, and to nobody else. */
export interface Shown {
  readonly kind: string;
  /** As the policy names it: `Order/id`. */
  readonly property: string;
  readonly list: Operation;
}

export type Params = Readonly<Record<string, string>>;

/** A rule that may be right, and objects of each person to try it with. */
export interface Candidate {
  readonly operation: Operation;
  /** As it stands in the policy behind `owner:`. */
  readonly owner: string;
  readonly reason: string;
  /** What names an object of each person: parameters of the operation. */
  readonly own: Two<readonly Params[]>;
  /** Where the body names it, where it does: a property, and which of `own` stands there. */
  /** What must have been shown before: a kind of object, and the list that shows it. */
  readonly shown?: Shown;
  readonly body?: { readonly property: string; readonly from: string };
}

/**
 * An operation, or several in turn, that tell whose an object is: what other rules look up.
 */
export interface Teller {
  /** The GET by the object's id; for what is found in a list, the path that the id would stand in. */
  readonly template: string;
  /** The parameter that names the object. */
  readonly parameter: string;
  /** The rule's `lookup` and what stands behind it, for an id that the request has there. */
  readonly rule: (id: string, optional: boolean) => string;
  readonly declares: readonly string[];
  readonly says: string;
  readonly own: Two<readonly Params[]>;
}
