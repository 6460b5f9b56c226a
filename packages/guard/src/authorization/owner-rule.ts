import { refuse, type Refusal } from "../refusal.ts";
import type { RelationPlan } from "./relation.ts";
import { checkOwnerInAnswer, checkOwnerParameter, compileOwnerExpression, type Bearer } from "./ownership.ts";

/** One way to tell that an object is the caller's. */
export type OwnerAtom =
  | { readonly kind: "parameter"; readonly index: number; readonly is: string }
  /** A property of the request's body; `*` stands for every element, and every one must be the caller's. */
  | { readonly kind: "body"; readonly pointer: readonly string[]; readonly is: string }
  /** Another operation is asked first: its answer names the owner. */
  | { readonly kind: "lookup"; readonly lookup: LookupPlan; readonly pointer: readonly string[]; readonly is: string }
  /** An external decision point is asked. */
  | { readonly kind: "relation"; readonly relation: RelationPlan; readonly is: string }
  /** Its id was once shown to the caller. */
  | { readonly kind: "provenance"; readonly objects: string; readonly id: LookupPlan["values"][number]; readonly is: string }
  /** The answer names the owner. */
  | { readonly kind: "response"; readonly pointer: readonly string[]; readonly is: string };

export interface LookupPlan {
  /** The name of the operation that is asked. */
  readonly operation: string;
  /** Its path in literal parts; between them stand the values of `values`. */
  readonly literals: readonly string[];
  readonly values: readonly ({ readonly from: "path"; readonly index: number } | { readonly from: "body"; readonly pointer: readonly string[] })[];
}

/** Any of the atoms is enough. */
export interface OwnerClause {
  readonly atoms: readonly OwnerAtom[];
  readonly exceptRoles: readonly string[];
}

export interface OwnedRequest {
  readonly pathParameters: readonly string[];
  readonly body: unknown;
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
export function compileOwnerClause({ atoms, exceptRoles }: OwnerClause): (request: OwnedRequest, owner: Owner | undefined, ask: AskLookup, askRelation: AskRelation, askShown: AskShown) => OwnerOutcome | Promise<OwnerOutcome> {
  const order: readonly OwnerAtom["kind"][] = ["parameter", "body", "provenance", "relation", "lookup", "response"];
  const tried = [...atoms].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).map((atom) => ({ atom, ownerOf: compileOwnerExpression(atom.is) }));
  const defers = atoms.some((atom) => atom.kind === "response");
  const lookups = tried.filter(({ atom }) => atom.kind === "lookup" || atom.kind === "relation" || atom.kind === "provenance");
  return (request, owner, ask, askRelation, askShown) => {
    if (owner === undefined) return nobody;
    if (exceptRoles.some((role) => owner.roles.includes(role))) return "owned";
    let refused: Refusal = nobody;
    for (const { atom, ownerOf } of tried) {
      if (atom.kind !== "parameter" && atom.kind !== "body") continue;
      const outcome = atom.kind === "parameter" ? checkOwnerParameter(request.pathParameters[atom.index], ownerOf(owner)) : checkOwnerInAnswer(request.body, atom.pointer, ownerOf(owner));
      if (outcome === undefined) return "owned";
      refused = outcome.detail === undefined ? outcome : { ...outcome, detail: outcome.detail.replace("the answer", atom.kind === "body" ? "the body" : "the answer") };
    }
    if (lookups.length === 0) return defers ? "deferred" : refused;
    return tryLookups(lookups, request, owner, { ask, askRelation, askShown }, defers ? "deferred" : refused);
  };
}

async function tryLookups(lookups: readonly { readonly atom: OwnerAtom; readonly ownerOf: (bearer: Bearer) => string | undefined }[], request: OwnedRequest, owner: Owner, { ask, askRelation, askShown }: { readonly ask: AskLookup; readonly askRelation: AskRelation; readonly askShown: AskShown }, otherwise: OwnerOutcome): Promise<OwnerOutcome> {
  let last: OwnerOutcome = otherwise;
  for (const { atom, ownerOf } of lookups) {
    if (atom.kind === "provenance") {
      const refused = await wasShown(atom, request, ownerOf(owner), askShown);
      if (refused === undefined) return "owned";
      if (otherwise !== "deferred") last = refused;
      continue;
    }
    if (atom.kind === "relation") {
      const refused = await askForEach(atom.relation, request, ownerOf(owner), askRelation);
      if (refused === undefined) return "owned";
      if (otherwise !== "deferred") last = refused;
      continue;
    }
    if (atom.kind !== "lookup") continue;
    const sets = lookupValues(atom.lookup, request);
    const outcome = typeof sets === "string" ? refuse("object-not-yours", { detail: sets }) : await askAll(atom, sets, ownerOf(owner), ask);
    if (outcome === undefined) return "owned";
    if (otherwise !== "deferred") last = outcome;
  }
  return last;
}

async function wasShown({ id, objects }: Extract<OwnerAtom, { kind: "provenance" }>, request: OwnedRequest, caller: string | undefined, askShown: AskShown): Promise<Refusal | undefined> {
  if (caller === undefined) return refuse("object-not-yours", { detail: "the token does not say who asks" });
  const sets = lookupValues({ operation: objects, literals: [], values: [id] }, request);
  if (typeof sets === "string") return refuse("object-not-yours", { detail: sets });
  const shown = await askShown(caller, objects, sets.map(([one = ""]) => decodeURIComponent(one)));
  if (shown === true) return undefined;
  return shown === undefined ? refuse("owner-unknown", { detail: "what the caller was shown cannot be told now", retryAfterSeconds: 2 }) : refuse("object-not-yours", { detail: `an id of '${objects}' that the caller was never shown` });
}

async function askForEach(relation: RelationPlan, request: OwnedRequest, subject: string | undefined, ask: AskRelation): Promise<Refusal | undefined> {
  if (subject === undefined) return refuse("object-not-yours", { detail: "the token does not say who asks" });
  const sets = lookupValues({ operation: relation.at, literals: [], values: [relation.id] }, request);
  if (typeof sets === "string") return refuse("object-not-yours", { detail: sets });
  for (const [id = ""] of sets) {
    const refused = await ask(relation, subject, decodeURIComponent(id));
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

/** The values of the lookup's path, once for each element where the body names several. A string says why there are none. */
function lookupValues({ values }: LookupPlan, { body, pathParameters }: OwnedRequest): readonly (readonly string[])[] | string {
  let sets: string[][] = [[]];
  for (const value of values) {
    const found = value.from === "path" ? [pathParameters[value.index]] : valuesAt(body, value.pointer, 0);
    if (found === undefined || found.length === 0) return "the request does not name the object";
    const texts: string[] = [];
    for (const one of found) {
      // A path parameter is already escaped as it stands in the path.
      if (value.from === "path" && typeof one === "string") texts.push(one);
      else if ((typeof one === "string" && one !== "" && one !== "." && one !== "..") || (typeof one === "number" && Number.isSafeInteger(one))) texts.push(encodeURIComponent(String(one)));
      else return "the request names the object by neither a string nor a whole number";
    }
    sets = sets.flatMap((set) => texts.map((one) => [...set, one]));
    if (sets.length > mostLookups) return `the request names more than ${mostLookups} objects`;
  }
  return sets;
}

function valuesAt(value: unknown, pointer: readonly string[], from: number): unknown[] | undefined {
  let at = value;
  for (let index = from; index < pointer.length; index += 1) {
    const token = pointer[index] as string;
    if (token === "*") {
      if (!Array.isArray(at)) return undefined;
      const all: unknown[] = [];
      for (const element of at) {
        const inner = valuesAt(element, pointer, index + 1);
        if (inner === undefined) return undefined;
        all.push(...inner);
      }
      return all;
    }
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return undefined;
    at = (at as Record<string, unknown>)[token];
  }
  return [at];
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
