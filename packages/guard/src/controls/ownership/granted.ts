import type { Facts } from "../../facts/facts.ts";
import type { GrantState } from "../../state/grants.ts";
import type { NamingFacts } from "./named-ids.ts";

/** What grants a rule asks for. */
export interface GrantedPlan {
  readonly kind: string;
  readonly method: string;
  /** The source of callers that the rule names; undefined for any. */
  readonly source: string | undefined;
}

/** What is known of a request where a grant is asked for. */
export type GrantingFacts = NamingFacts & Readonly<Pick<Facts, "receivedAtMs">>;

/** What grants are told by. */
export interface Granting {
  /** Undefined where nobody keeps grants: then nothing is granted. */
  readonly grants: GrantState | undefined;
  /** What the request names to the rule. */
  readonly objectsOf: (known: NamingFacts) => readonly string[];
}

/** Whether the owner has let the caller use what the request names. */
export function compileGranted(
  { kind, method, source }: GrantedPlan,
  { grants, objectsOf }: Granting,
): (owner: string, caller: string, known: GrantingFacts) => boolean {
  if (grants === undefined) return () => false;
  const keyOf = (id: string): string => (source === undefined ? id : `${source}/${id}`);
  return (owner, caller, known) =>
    grants.covers({
      kind,
      method,
      from: keyOf(owner),
      to: keyOf(caller),
      objects: objectsOf(known),
      nowMs: known.receivedAtMs,
    });
}
