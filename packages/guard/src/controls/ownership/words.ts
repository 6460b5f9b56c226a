import { readTemplate } from "../../document/path-template.ts";
import type { Finding, FindingAt, Words } from "../control.ts";
import { objectsInPath, unruledIds } from "./find-unruled.ts";
import { tellingCounts } from "./find-telling-counts.ts";
import { grantedWords, lookupWords, testWords } from "./test-words.ts";
import type { OwnerAtom, OwnerClause } from "./owner-rule.ts";
import type { OperationOwnership, OwnershipPlan, OwnersPlan } from "./plan.ts";
import type { RequestPlace } from "./request-place.ts";

const exceptWords = (roles: readonly string[]): string =>
  roles.length === 0 ? "" : `, except ${roles.join(" ")}`;

function placeWords(place: RequestPlace, names: readonly string[]): string {
  if (place.from === "path") return `{${names[place.index]}}`;
  return place.from === "body" ? `body /${place.pointer.join("/")}` : `${place.from} ${place.name}`;
}

function atomWords(atom: OwnerAtom, names: readonly string[]): string {
  switch (atom.kind) {
    case "request":
      return `${placeWords(atom.place, names)} is ${atom.is}${grantedWords(atom.granted)}${atom.optional ? ", where named" : ""}`;
    case "provenance":
      return `${atom.objects} once shown`;
    case "relation":
      return `${atom.relation.at} allows ${atom.relation.action}`;
    case "lookup":
      return testWords(atom.test, lookupWords(atom.lookup));
    case "response":
      return testWords(atom.test, "");
    default:
      return atom satisfies never;
  }
}

export const clauseWords = (
  { atoms, exceptRoles }: OwnerClause,
  names: readonly string[],
): string =>
  `${atoms.map((atom) => atomWords(atom, names)).join(" or ")}${exceptWords(exceptRoles)}`;

function ownersWords({ clauses, foreign }: OwnersPlan, names: readonly string[]): string {
  const words = clauses.map((clause) => clauseWords(clause, names));
  if (foreign !== undefined) words.push(`/${foreign.pointer.join("/")} cut to ${foreign.is}`);
  return words.join(" and ");
}

const kinds = {
  path: "[name|names] an object in [their|its] path, and no rule says whose it must be (owner)",
  elsewhere:
    "[ids in query and body name|id in query and body names] an object, and no rule says whose it must be " +
    "(owner, or owner: none where it does not matter)",
  counts:
    "[lists that are|list that is] cut to the caller's own may tell of what was cut, by a number or a link that " +
    "stays (foreign: totals)",
} as const;

function findings(
  { ownerless, owners }: OperationOwnership,
  { anonymous, name, operation, schemas }: FindingAt,
): readonly Finding[] {
  if (anonymous !== false || ownerless) return [];
  const telling =
    owners?.foreign === undefined ? [] : tellingCounts(operation, schemas, owners.foreign);
  const found = [
    ...unruledIds(operation, schemas, owners).map((place) => ({
      kind: kinds.elsewhere,
      what: `${name} ${place}`,
    })),
    ...telling.map((place) => ({ kind: kinds.counts, what: `${name} ${place}` })),
  ];
  return owners === undefined && objectsInPath(operation, schemas).length > 0
    ? [{ kind: kinds.path, what: name }, ...found]
    : found;
}

/** What only the answer can decide: `/customerId must be token.sub`. */
function onAnswer({ owners }: OperationOwnership): readonly string[] {
  if (owners === undefined) return [];
  const owned = owners.clauses.flatMap(({ atoms, exceptRoles }) =>
    atoms.flatMap((atom) =>
      atom.kind === "response"
        ? [`${testWords(atom.test, "", "must be")}${exceptWords(exceptRoles)}`]
        : [],
    ),
  );
  const { foreign } = owners;
  if (foreign === undefined) return owned;
  const list = `/${foreign.pointer.join("/")}`;
  return [
    ...owned,
    `a list is cut to elements whose ${list} is ${foreign.is}${exceptWords(foreign.exceptRoles)}`,
  ];
}

export const words: Words<OwnershipPlan, OperationOwnership> = {
  column: {
    key: "owner",
    place: 2,
    title: "OWNER",
    cell: ({ owners }, { pathTemplate }) =>
      owners === undefined ? "-" : ownersWords(owners, readTemplate(pathTemplate).names),
  },
  findings,
  onAnswer,
};
