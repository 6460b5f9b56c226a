import type { Operation } from "../../document/api-document.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import type { AnswerTest } from "./answer-test.ts";
import type { GrantedPlan } from "./granted.ts";
import { planGrants } from "./plan-grants.ts";
import type { OwnerAtom } from "./owner-rule.ts";
import { filters } from "./plan-foreign.ts";
import { planLookup } from "./plan-lookup.ts";
import { planRelation } from "./plan-relation.ts";
import { placeOf } from "./plan-request-place.ts";
import type { RequestPlace } from "./request-place.ts";
import type { Named } from "./plan-choosing.ts";
import type { OwnerLeaf } from "./policy.ts";
import { claimOf, grantedOf, noteStrayKeys, planMatch } from "./plan-match.ts";
import { planOwnerTest, verifyTest } from "./plan-answer-test.ts";
import { verifyInBody } from "./verify-pointer.ts";

type Place = readonly string[];

/** What every way to own an object is planned with. */
export interface AtomAt {
  readonly operation: Operation;
  readonly leaf: OwnerLeaf;
  readonly place: Place;
  /** The claim of the caller's token that the owner must equal. */
  readonly is: string;
  /** Whether its owner may have let the caller use it, and under which name. */
  readonly granted: GrantedPlan | undefined;
  readonly optional: boolean;
  /** Whether another part of the rule holds this parameter to the caller, whatever it names. */
  readonly judged: (parameter: Named) => boolean;
  readonly context: JoinContext;
}

/**
 * Methods that change an object which was there before. When the answer to one of them is refused,
 * the change has already been made; a POST creates the object that its answer names.
 */
const changes: ReadonlySet<string> = new Set(["PUT", "PATCH", "DELETE"]);

/** One way to own an object; undefined, with its faults noted, where it is not understood. */
export function planAtom(
  operation: Operation,
  leaf: OwnerLeaf,
  place: Place,
  { is: outerIs, judged }: Pick<AtomAt, "judged"> & { readonly is: string | undefined },
  context: JoinContext,
): OwnerAtom | undefined {
  const { note } = context;
  const match = planMatch(leaf, outerIs, operation.method, place, context);
  if (match === undefined) return undefined;
  if (leaf.ignores !== undefined && leaf.lookup === undefined && leaf.relation === undefined)
    note([...place, "ignores"], "nobody is asked about the object, so nothing is ignored", {
      mend: "ignores is for what a lookup or a decision point need not be told of.",
    });
  if (filters(leaf)) note([...place, "foreign"], "a list is cut only by a rule that stands alone");
  const { body, grants, lookup, optional = false, param, provenance, relation, response } = leaf;
  const ways = [param, body, relation, provenance, grants, lookup ?? response];
  if (ways.filter((way) => way !== undefined).length !== 1) {
    note(place, "an owner is named by the path, the body, a lookup or the answer", {
      expected:
        "one of param: NAME, body: /pointer, relation: { ... }, " +
        "lookup: operationId with response: /pointer, or response: /pointer",
    });
    return undefined;
  }
  const at: AtomAt = {
    operation,
    leaf,
    place,
    is: claimOf(match),
    granted: grantedOf(match),
    optional,
    judged,
    context,
  };
  noteStrayKeys(at);
  if (param !== undefined) return planParameter(param, at);
  if (grants !== undefined) return planGrants(grants, at);
  if (body !== undefined) return planBody(body, at);
  if (provenance !== undefined) return planProvenance(provenance, at);
  if (relation !== undefined) return planRelation(relation, at);
  if (lookup !== undefined) return planLookup(lookup, planOwnerTest(match, at), at);
  return planResponse(planOwnerTest(match, at), at);
}

function planParameter(param: string, at: AtomAt): OwnerAtom | undefined {
  const { context, operation, optional, place } = at;
  const found = placeOf(operation, param, [...place, "param"], optional, context);
  return found === undefined ? undefined : named(found, at);
}

const named = (place: RequestPlace, { granted, is, optional }: AtomAt): OwnerAtom => ({
  kind: "request",
  place,
  is,
  ...(granted === undefined ? {} : { granted }),
  optional,
});

function planBody(body: string, at: AtomAt): OwnerAtom {
  const { context, operation, place } = at;
  const pointer = readPointer(body);
  if (operation.requestBody === undefined)
    context.note([...place, "body"], `'${operation.key}' has no body`);
  verifyInBody(operation, pointer, [...place, "body"], context);
  return named({ from: "body", pointer }, at);
}

function planProvenance(
  { id: from, kind }: NonNullable<OwnerLeaf["provenance"]>,
  { context, is, operation, optional, place }: AtomAt,
): OwnerAtom | undefined {
  const kinds = context.namesOf("kind") ?? [];
  if (!kinds.includes(kind))
    context.note([...place, "provenance", "kind"], `there is no kind '${kind}'`, {
      expected: kinds.join(", ") || "a name under provenance",
    });
  const id = placeOf(operation, from, [...place, "provenance", "id"], optional, context);
  return id === undefined ? undefined : { kind: "provenance", objects: kind, id, is, optional };
}

/** The answer itself shows the object. */
export function planResponse(test: AnswerTest, at: AtomAt): OwnerAtom {
  const { context, operation, optional, place } = at;
  if (optional)
    context.note([...place, "optional"], "an answer that names no owner is never passed", {
      mend:
        "optional is for what the request may leave out: " +
        "param, body, or the id of a lookup, relation or provenance.",
    });
  if (changes.has(operation.method))
    context.note(
      [...place, "response"],
      `'${operation.key}' has already changed the object when its answer names the owner`,
      { expected: "lookup: a GET of the same object, with response: /pointer" },
    );
  verifyTest(operation, test, place, context);
  return { kind: "response", test };
}
