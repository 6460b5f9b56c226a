import type { EntryRule } from "../authorization/entry.ts";
import type { LookupPlan, OwnerAtom, OwnerClause } from "../authorization/owner-rule.ts";
import { readPointer } from "../authorization/ownership.ts";
import type { Operation } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import { placeOf } from "./plan-request-place.ts";
import type { PlanContext } from "./plan-context.ts";
import { parameterNames } from "./plan-request-place.ts";
import type { OwnersPlan } from "./plan.ts";
import type { OwnerLeaf, OwnerSetting } from "./policy-schema.ts";
import { verifyInAnswer, verifyInBody } from "./verify-pointer.ts";

type Place = readonly string[];

const mostClauses = 30;
/** A POST makes what its answer names; these change what was there. */
const changes: ReadonlySet<string> = new Set(["PUT", "PATCH", "DELETE"]);

/** An owner rule as clauses that must all hold, each of atoms of which one is enough. */
export function planOwners(operation: Operation, rule: OwnerSetting, index: number, entry: EntryRule | undefined, context: PlanContext): OwnersPlan | undefined {
  const place: Place = ["operations", String(index), "owner"];
  const { identity, note } = context;
  if (!identity) note(place, "an owner is a signed-in caller, and no issuer is named", { expected: "identity: { issuer: https://..., audience: ... }" });
  if (entry?.anonymous === true) note(place, `anybody may call '${operation.key}', so the caller may be nobody`, { mend: "Ask for a token (security in the document, or allow: { scopes: [...] }), or drop the owner." });
  const clauses: OwnerClause[] = [];
  let foreign: OwnersPlan["foreign"];
  const add = (leaves: readonly OwnerLeaf[], at: readonly Place[], is: string | undefined, exceptRoles: readonly string[] | undefined): void => {
    if (leaves.length > 1) leaves.forEach((leaf, which) => leaf.optional === true && note([...(at[which] as Place), "optional"], "one of several ways to own an object is not optional: a request without it would pass them all"));
    const atoms = leaves.flatMap((leaf, which) => atomOf(operation, leaf, at[which] as Place, is, context) ?? []);
    if (atoms.length > 0) clauses.push({ atoms, exceptRoles: [...(exceptRoles ?? []), ...leaves.flatMap((leaf) => leaf.exceptRoles ?? [])] });
  };
  if ("any" in rule) add(rule.any, rule.any.map((_, which) => [...place, "any", String(which)]), rule.is, rule.exceptRoles);
  else if ("all" in rule) {
    rule.all.forEach((part, which) => {
      const here = [...place, "all", String(which)];
      const excepted = [...(rule.exceptRoles ?? []), ...(part.exceptRoles ?? [])];
      if ("any" in part) add(part.any, part.any.map((_, inner) => [...here, "any", String(inner)]), part.is ?? rule.is, excepted);
      else add([part], [here], rule.is, excepted);
    });
  } else {
    const leaf = rule;
    if (leaf.foreign === "filter") foreign = foreignOf(operation, leaf, place, context);
    else add([leaf], [place], undefined, undefined);
  }
  if (clauses.length > mostClauses) note(place, `an owner rule has more than ${mostClauses} parts`);
  return clauses.length === 0 && foreign === undefined ? undefined : { clauses, foreign };
}

function foreignOf(operation: Operation, { exceptRoles = [], is, response }: OwnerLeaf, place: Place, context: PlanContext): OwnersPlan["foreign"] {
  if (response === undefined || is === undefined || !readPointer(response).includes("*")) {
    context.note([...place, "foreign"], "only a list of the answer can be cut to the caller's own", { expected: "response: /items/*/customerId, is: token.sub, foreign: filter" });
    return undefined;
  }
  verifyInAnswer(operation, readPointer(response), [...place, "response"], context);
  return { pointer: readPointer(response), is, exceptRoles };
}

function atomOf(operation: Operation, leaf: OwnerLeaf, place: Place, outerIs: string | undefined, context: PlanContext): OwnerAtom | undefined {
  const { body, foreign, lookup, optional = false, param, provenance, relation, response } = leaf;
  const { note } = context;
  // Who was shown it is who asks, unless a claim of the whole team says otherwise.
  const is = leaf.is ?? outerIs ?? (leaf.provenance === undefined ? undefined : "token.sub");
  if (is === undefined) {
    note(place, "an owner rule does not say whose the object must be", { expected: "is: token.sub" });
    return undefined;
  }
  if (foreign === "filter") note([...place, "foreign"], "a list is cut only by a rule that stands alone");
  const named = [param, body, relation, provenance, lookup ?? response].filter((one) => one !== undefined).length;
  if (named !== 1) {
    note(place, "an owner is named by the path, the body, a lookup or the answer", { expected: "one of param: NAME, body: /pointer, relation: { ... }, lookup: operationId with response: /pointer, or response: /pointer" });
    return undefined;
  }
  if (optional && lookup === undefined && response !== undefined) note([...place, "optional"], "an answer that names no owner is never passed", { mend: "optional is for what the request may leave out: param, body, or the id of a lookup, relation or provenance." });
  if (param !== undefined) {
    const parameter = placeOf(operation, param, [...place, "param"], optional, context);
    return parameter === undefined ? undefined : { kind: "request", place: parameter, is, optional };
  }
  if (provenance !== undefined) {
    if (!context.kinds.includes(provenance.kind)) note([...place, "provenance", "kind"], `there is no kind '${provenance.kind}'`, { expected: context.kinds.join(", ") || "a name under provenance" });
    const id = placeOf(operation, provenance.id, [...place, "provenance", "id"], optional, context);
    return id === undefined ? undefined : { kind: "provenance", objects: provenance.kind, id, is, optional };
  }
  if (relation !== undefined) {
    if (!context.decisionPoints.includes(relation.at)) {
      const meant = nearest(relation.at, context.decisionPoints);
      note([...place, "relation", "at"], `there is no decision point '${relation.at}'`, { expected: context.decisionPoints.join(", ") || "a name under decisionPoints", ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }) });
    }
    const id = placeOf(operation, relation.id, [...place, "relation", "id"], optional, context);
    return id === undefined ? undefined : { kind: "relation", relation: { at: relation.at, action: relation.action, resource: relation.resource, id }, is, optional };
  }
  if (body !== undefined) {
    if (operation.requestBody === undefined) note([...place, "body"], `'${operation.key}' has no body`);
    verifyInBody(operation, readPointer(body), [...place, "body"], context.schemasOf(operation), note);
    return { kind: "request", place: { from: "body", pointer: readPointer(body) }, is, optional };
  }
  if (lookup === undefined && changes.has(operation.method)) note([...place, "response"], `'${operation.key}' has already changed the object when its answer names the owner`, { expected: "lookup: a GET of the same object, with response: /pointer" });
  if (lookup === undefined) verifyInAnswer(operation, readPointer(response as string), [...place, "response"], context);
  if (lookup === undefined) return { kind: "response", pointer: readPointer(response as string), is };
  if (response === undefined) note(place, "a lookup does not say where its answer names the owner", { expected: "response: /customerId" });
  const target = context.operations.find((one) => one.operationId === lookup);
  if (target !== undefined && response !== undefined) verifyInAnswer(target, readPointer(response), [...place, "response"], context);
  const plan = lookupOf(operation, lookup, leaf.with ?? {}, place, optional, context);
  return plan === undefined || response === undefined ? undefined : { kind: "lookup", lookup: plan, pointer: readPointer(response), is, optional };
}

function lookupOf(operation: Operation, name: string, given: Readonly<Record<string, string>>, place: Place, optional: boolean, context: PlanContext): LookupPlan | undefined {
  const { note, operations } = context;
  const target = operations.find((one) => one.operationId === name);
  if (target === undefined || target.method !== "GET") {
    const known = operations.flatMap((one) => (one.method === "GET" ? (one.operationId ?? []) : []));
    const meant = nearest(name, known);
    note([...place, "lookup"], target === undefined ? `there is no operation '${name}'` : `'${name}' is no GET: asking it would change something`, meant === undefined ? { expected: "the operationId of a GET" } : { mend: `Did you mean '${meant}'?` });
    return undefined;
  }
  const wanted = parameterNames(target.pathTemplate);
  for (const one of Object.keys(given)) if (!wanted.includes(one)) note([...place, "with", one], `'${name}' has no path parameter '${one}'`, { expected: wanted.join(", ") });
  const values: LookupPlan["values"][number][] = [];
  for (const one of wanted) {
    const from = Object.hasOwn(given, one) ? (given[one] as string) : one;
    const value = placeOf(operation, from, Object.hasOwn(given, one) ? [...place, "with", one] : [...place, "lookup"], optional, context);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { operation: name, literals: target.pathTemplate.split(/\{[^{}]+\}/), values };
}
