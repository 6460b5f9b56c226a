import { refuse, type Refusal } from "../refusal.ts";
import type { RelationPlan } from "./relation.ts";
import { asSegment, type NamingRequest, readIds, type RequestPlace } from "./request-place.ts";
import { checkOwnerInAnswer, checkOwnerParameter, compileOwnerExpression, type Bearer } from "./ownership.ts";

/** One way to tell that an object is the caller's. */
export type OwnerAtom =
  /** Who is named in the request itself. */
  | ({ readonly kind: "request"; readonly place: RequestPlace; readonly is: string } & MayNameNone)
  /** Another operation is asked first: its answer names the owner. */
  | ({ readonly kind: "lookup"; readonly lookup: LookupPlan; readonly pointer: readonly string[]; readonly is: string } & MayNameNone)
  /** An external decision point is asked. */
  | ({ readonly kind: "relation"; readonly relation: RelationPlan; readonly is: string } & MayNameNone)
  /** Its id was once shown to the caller. */
  | ({ readonly kind: "provenance"; readonly objects: string; readonly id: RequestPlace; readonly is: string } & MayNameNone)
  /** The answer names the owner. */
  | { readonly kind: "response"; readonly pointer: readonly string[]; readonly is: string };

interface MayNameNone {
  /** A request that names no object there has nothing to be judged by this rule. */
  readonly optional: boolean;
}

export interface LookupPlan {
  /** The name of the operation that is asked. */
  readonly operation: string;
  /** Its path in literal parts; between them stand the values of `values`. */
  readonly literals: readonly string[];
  readonly values: readonly RequestPlace[];
}

/** Any of the atoms is enough. */
export interface OwnerClause {
  readonly atoms: readonly OwnerAtom[];
  readonly exceptRoles: readonly string[];
}

export type Owner = Bearer & { readonly roles: readonly string[] };

/** Asks the lookup's operation; what it answered, or why it did not. */
export type AskLookup = (lookup: LookupPlan, values: readonly string[]) => Promise<{ readonly answer: unknown } | Refusal>;

/** Asks the decision point about one object; undefined when it allows. */
export type AskRelation = (relation: RelationPlan, subject: string, id: string) => Promise<Refusal | undefined>;

/** Whether ids of a kind were shown to a caller; undefined when that cannot be told now. */
export type AskShown = (caller: string, kind: string, ids: readonly string[]) => boolean | undefined | Promise<boolean | undefined>;

/** `deferred`: the answer will tell. */
export type OwnerOutcome = "owned" | "deferred" | Refusal;

const nobody = refuse("object-not-yours", { detail: "nobody is signed in" });

/** Judges one clause before the request is forwarded. Atoms are tried in the order of their cost. */
export function compileOwnerClause({ atoms, exceptRoles }: OwnerClause): (request: NamingRequest, owner: Owner | undefined, ask: AskLookup, askRelation: AskRelation, askShown: AskShown) => OwnerOutcome | Promise<OwnerOutcome> {
  const order: readonly OwnerAtom["kind"][] = ["request", "provenance", "relation", "lookup", "response"];
  const tried = [...atoms].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).map((atom) => ({ atom, ownerOf: compileOwnerExpression(atom.is) }));
  const defers = atoms.some((atom) => atom.kind === "response");
  const lookups = tried.filter(({ atom }) => atom.kind === "lookup" || atom.kind === "relation" || atom.kind === "provenance");
  return (request, owner, ask, askRelation, askShown) => {
    if (owner === undefined) return nobody;
    if (exceptRoles.some((role) => owner.roles.includes(role))) return "owned";
    let refused: Refusal = nobody;
    for (const { atom, ownerOf } of tried) {
      if (atom.kind !== "request") continue;
      const outcome = checkNamed(atom, request, ownerOf(owner));
      if (outcome === undefined) return "owned";
      refused = outcome;
    }
    if (lookups.length === 0) return defers ? "deferred" : refused;
    return tryLookups(lookups, request, owner, { ask, askRelation, askShown }, defers ? "deferred" : refused);
  };
}

/** Who is named in the request must be the caller, every time it is named. */
function checkNamed({ optional, place }: Extract<OwnerAtom, { kind: "request" }>, request: NamingRequest, owner: string | undefined): Refusal | undefined {
  if (place.from === "path" && place.separator === undefined) return checkOwnerParameter(request.pathParameters[place.index], owner);
  if (owner === undefined) return refuse("object-not-yours", { detail: "the token does not say whose objects are the caller's" });
  const ids = readIds(place, request, optional);
  if ("unread" in ids) return refuse("object-not-yours", { detail: ids.unread });
  return ids.every((id) => id === owner) ? undefined : refuse("object-not-yours", { detail: `the ${place.from === "body" ? "body" : "parameter"} is another's` });
}

async function tryLookups(lookups: readonly { readonly atom: OwnerAtom; readonly ownerOf: (bearer: Bearer) => string | undefined }[], request: NamingRequest, owner: Owner, { ask, askRelation, askShown }: { readonly ask: AskLookup; readonly askRelation: AskRelation; readonly askShown: AskShown }, otherwise: OwnerOutcome): Promise<OwnerOutcome> {
  let last: OwnerOutcome = otherwise;
  for (const { atom, ownerOf } of lookups) {
    if (atom.kind === "provenance") {
      const refused = await wasShown(atom, request, ownerOf(owner), askShown);
      if (refused === undefined) return "owned";
      if (otherwise !== "deferred") last = refused;
      continue;
    }
    if (atom.kind === "relation") {
      const refused = await askForEach(atom, request, ownerOf(owner), askRelation);
      if (refused === undefined) return "owned";
      if (otherwise !== "deferred") last = refused;
      continue;
    }
    if (atom.kind !== "lookup") continue;
    const sets = segmentSets(atom, request);
    const outcome = typeof sets === "string" ? refuse("object-not-yours", { detail: sets }) : await askAll(atom, sets, ownerOf(owner), ask);
    if (outcome === undefined) return "owned";
    if (otherwise !== "deferred") last = outcome;
  }
  return last;
}

async function wasShown({ id, objects, optional }: Extract<OwnerAtom, { kind: "provenance" }>, request: NamingRequest, caller: string | undefined, askShown: AskShown): Promise<Refusal | undefined> {
  if (caller === undefined) return refuse("object-not-yours", { detail: "the token does not say who asks" });
  const ids = readIds(id, request, optional);
  if ("unread" in ids) return refuse("object-not-yours", { detail: ids.unread });
  if (ids.length === 0) return undefined;
  const shown = await askShown(caller, objects, ids);
  if (shown === true) return undefined;
  return shown === undefined ? refuse("owner-unknown", { detail: "what the caller was shown cannot be told now", retryAfterSeconds: 2 }) : refuse("object-not-yours", { detail: `an id of '${objects}' that the caller was never shown` });
}

async function askForEach({ optional, relation }: Extract<OwnerAtom, { kind: "relation" }>, request: NamingRequest, subject: string | undefined, ask: AskRelation): Promise<Refusal | undefined> {
  if (subject === undefined) return refuse("object-not-yours", { detail: "the token does not say who asks" });
  const ids = readIds(relation.id, request, optional);
  if ("unread" in ids) return refuse("object-not-yours", { detail: ids.unread });
  if (ids.length > mostLookups) return refuse("object-not-yours", { detail: `the request names more than ${mostLookups} objects` });
  for (const id of ids) {
    const refused = await ask(relation, subject, id);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

const mostLookups = 20;

/** Every object that the request names must be the caller's: one foreign id among many is enough to refuse. */
async function askAll(atom: Extract<OwnerAtom, { kind: "lookup" }>, sets: readonly (readonly string[])[], owner: string | undefined, ask: AskLookup): Promise<Refusal | undefined> {
  for (const values of sets) {
    const asked = await ask(atom.lookup, values);
    if ("code" in asked) return asked;
    const refused = checkOwnerInAnswer(asked.answer, atom.pointer, owner);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** The segments of the lookup's path, once for each object where the request names several. A string says why there are none. */
function segmentSets({ lookup, optional }: Extract<OwnerAtom, { kind: "lookup" }>, request: NamingRequest): readonly (readonly string[])[] | string {
  let sets: string[][] = [[]];
  for (const place of lookup.values) {
    // A path parameter is already escaped as it stands in the path.
    const raw = place.from === "path" && place.separator === undefined ? request.pathParameters[place.index] : undefined;
    const ids = raw === undefined ? readIds(place, request, optional) : [raw];
    if ("unread" in ids) return ids.unread;
    const segments = raw === undefined ? ids.map(asSegment) : ids;
    if (!segments.every((segment) => segment !== undefined)) return "the request names the object by what cannot stand in a path";
    sets = sets.flatMap((set) => segments.map((one) => [...set, one]));
    if (sets.length > mostLookups) return `the request names more than ${mostLookups} objects`;
  }
  return sets;
}

/** Judges the clauses that the answer must decide. `pending` are those that nothing before has satisfied. */
export function compileOwnerOfAnswer(clause: OwnerClause): (answer: unknown, owner: Owner) => Refusal | undefined {
  const atoms = clause.atoms.filter((atom) => atom.kind === "response").map((atom) => ({ pointer: atom.pointer, ownerOf: compileOwnerExpression(atom.is) }));
  return (answer, owner) => {
    let refused: Refusal | undefined = nobody;
    for (const { ownerOf, pointer } of atoms) {
      refused = checkOwnerInAnswer(answer, pointer, ownerOf(owner));
      if (refused === undefined) return undefined;
    }
    return refused;
  };
}
