import { notYours, tooManyObjects } from "../../facts/absent.ts";
import type { ClaimOf } from "../../facts/caller.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import { compileCarryQuery } from "./choosing.ts";
import type { NamingFacts } from "./named-ids.ts";
import { type Atom, type JudgeAtom, saysNotWho } from "./judge-atom.ts";
import { naming } from "./name-objects.ts";
import type { RelationPlan } from "./relation.ts";
import { compileReadIds } from "./request-place.ts";

/** Who may do what to the object is asked of an external decision point. */
export function compileRelated(
  { optional, relation }: Atom<"relation">,
  ownerOf: ClaimOf,
): JudgeAtom {
  const read = compileReadIds(relation.id, optional);
  const tell = compileTell(relation.with);
  const carry = compileCarryQuery(relation.query);
  const tooMany = tooManyObjects(relation.mostObjects);
  return async (known, caller, asks) => {
    const subject = ownerOf(caller);
    if (subject === undefined) return saysNotWho;
    const named = read(known);
    if ("unread" in named) return notYours(named.unread);
    const ids = new Set(named);
    if (ids.size > relation.mostObjects) return tooMany;
    const carried = carry(known.query);
    if (typeof carried !== "string") return carried;
    const told = tell(known);
    if (isRefusal(told)) return told;
    for (const id of ids) {
      const object = { subject, id, with: told };
      const refused = await asks.relation(known, relation, object);
      if (refused !== undefined) return naming(refused, () => ({ objects: [id], caller: subject }));
    }
    return undefined;
  };
}

/** What else a decision point is told: one text for each name, left out where the request does. */
function compileTell(
  places: RelationPlan["with"],
): (known: NamingFacts) => Refusal | Readonly<Record<string, string>> {
  const readers = Object.entries(places).map(([name, place]) => ({
    name,
    read: compileReadIds(place, true),
  }));
  return (known) => {
    const told: Record<string, string> = {};
    for (const { name, read } of readers) {
      const texts = read(known);
      if ("unread" in texts) return notYours(texts.unread);
      const [text, another] = texts;
      if (another !== undefined) return notYours(`the request says more than once what ${name} is`);
      if (text !== undefined) told[name] = text;
    }
    return told;
  };
}
