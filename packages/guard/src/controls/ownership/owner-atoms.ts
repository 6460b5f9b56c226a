import { decodeSegment } from "../../document/sent-parameters.ts";
import { notYours, ownerUnknown } from "../../facts/absent.ts";
import { type ClaimOf, compileClaim } from "../../facts/caller.ts";
import type { TellNamed } from "../../facts/named.ts";
import type { Refusal } from "../../facts/refusal.ts";
import { compileRelated } from "./related-atom.ts";
import { compileLookedUp } from "./looked-up-atom.ts";
import { compileGranted, type Granting } from "./granted.ts";
import { type Atom, type JudgeAtom, saysNotWho } from "./judge-atom.ts";
import type { OwnerAtom } from "./owner-rule.ts";
import { compileReadIds } from "./request-place.ts";

export function compileAtom(
  atom: Exclude<OwnerAtom, { readonly kind: "response" }>,
  granting: Granting,
): JudgeAtom {
  if (atom.kind === "lookup") return compileLookedUp(atom, granting);
  const ownerOf = compileClaim(atom.is);
  switch (atom.kind) {
    case "request":
      return compileNamed(atom, ownerOf, granting);
    case "provenance":
      return compileShown(atom, ownerOf);
    case "relation":
      return compileRelated(atom, ownerOf);
    default:
      return atom satisfies never;
  }
}

/** Who is named in the request must be the caller, every time it is named. */
function compileNamed(
  { granted, optional, place }: Atom<"request">,
  ownerOf: ClaimOf,
  granting: Granting,
): JudgeAtom {
  const isGranted = granted === undefined ? undefined : compileGranted(granted, granting);
  if (place.from === "path" && place.separator === undefined && isGranted === undefined)
    return compileNamedByPath(place.index, ownerOf);
  const read = compileReadIds(place, optional);
  const another = place.from === "body" ? "the body is another's" : "the parameter is another's";
  return (known, caller) => {
    const owner = ownerOf(caller);
    if (owner === undefined) return saysNotWho;
    const ids = read(known);
    if ("unread" in ids) return notYours(ids.unread);
    const foreign = ids.find((id) => id !== owner && isGranted?.(id, owner, known) !== true);
    return foreign === undefined ? undefined : notYours(another, namedAs(foreign, owner));
  };
}

/** The most common rule of all, judged without a list. */
function compileNamedByPath(index: number, ownerOf: ClaimOf): JudgeAtom {
  const missing = notYours("the owner or the parameter is missing");
  return ({ pathParameters }, caller) => {
    const raw = pathParameters[index];
    const owner = ownerOf(caller);
    if (raw === undefined || owner === undefined) return missing;
    if (raw === owner) return undefined;
    const named = decodeSegment(raw);
    return named === owner
      ? undefined
      : notYours("the parameter is another's", namedAs(named, owner));
  };
}

/** Where the request names a person, that is the object and its owner in one. */
const namedAs =
  (owner: string, caller: string): TellNamed =>
  () => ({ objects: [owner], owners: [owner], caller });

function compileShown({ id, objects, optional }: Atom<"provenance">, ownerOf: ClaimOf): JudgeAtom {
  const read = compileReadIds(id, optional);
  const unknown = ownerUnknown("what the caller was shown cannot be told now", 2);
  const neverShown = notYours(`an id of '${objects}' that the caller was never shown`);
  const judge = (shown: boolean | undefined): Refusal | undefined =>
    shown === true ? undefined : shown === undefined ? unknown : neverShown;
  return (known, caller, { shown }) => {
    const subject = ownerOf(caller);
    if (subject === undefined) return saysNotWho;
    const ids = read(known);
    if ("unread" in ids) return notYours(ids.unread);
    if (ids.length === 0) return undefined;
    const told = shown(subject === caller.subject ? caller.key : subject, objects, ids);
    return told instanceof Promise ? told.then(judge) : judge(told);
  };
}
