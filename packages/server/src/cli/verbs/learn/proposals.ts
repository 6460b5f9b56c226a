import type { Operation } from "@portcullis/guard/documents";
import { isAnswered, listIn, nameOf, placesIn } from "./harvest.ts";
import type { Learned } from "./learned.ts";
import { alikeOf, collectionOf, isPersonPlace, singular } from "./names.ts";
import { idOf, itemNameOf } from "./provenance-rules.ts";
import { both } from "./tellers.ts";

/**
 * What the answers suggest and cannot prove: whoever knows the application decides. Lines of YAML,
 * to be written as remarks.
 */
export interface Proposal {
  readonly reason: string;
  readonly lines: readonly string[];
}

/** So far apart are numbers that are counted up, one for each object of everybody. */
const mostApart = 1000;

/** Kinds of objects whose ids are numbers that somebody counts up: one tells the next. */
export function sealable(learned: Learned): readonly Proposal[] {
  const seen = new Set<string>();
  return learned.operations.flatMap((operation): Proposal[] => {
    const [, prefix = "", parameter = ""] =
      /^(.*?)\/\{([^}]+)\}$/.exec(operation.pathTemplate) ?? [];
    const list = learned.operations.find(
      ({ method, pathTemplate }) => method === "GET" && pathTemplate === prefix,
    );
    const schema = list === undefined ? undefined : itemNameOf(list, learned);
    if (list === undefined || schema === undefined || seen.has(prefix)) return [];
    seen.add(prefix);
    const shown = idsShown(list, alikeOf(parameter, collectionOf(prefix)), learned);
    const numbers = shown.map(({ id }) => Number(id));
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    const isCounted = numbers.length > 1 && numbers.every((one) => Number.isSafeInteger(one));
    if (!isCounted || most - least > mostApart) return [];
    const kind = singular(collectionOf(prefix)).replaceAll(/[^A-Za-z0-9]/g, "") || "object";
    return [
      {
        reason: `${list.key} shows ids that are counted up (${least} to ${most}): whoever has one can say the next. To show apps others in their place`,
        lines: [
          "sealedIds:",
          `  ${kind}: { parameters: [${parameter}], properties: [${schema}/${shown[0]?.name}] }`,
        ],
      },
    ];
  });
}

const idsShown = (list: Operation, alike: ReadonlySet<string>, { people }: Learned) => {
  const ids = both(people, ({ seen }) =>
    seen
      .filter((one) => one.operation === list && isAnswered(one))
      .flatMap(({ json }) => listIn(json)?.items ?? [])
      .flatMap((element) => idOf(element, alike)),
  );
  return ids.every((all) => all.length > 0) ? ids.flat() : [];
};

/** Lists that show each of the two people the other's things beside their own. */
export function cuttable(operation: Operation, learned: Learned): Proposal | undefined {
  if (operation.method !== "GET") return undefined;
  for (const { claim, values } of learned.identifiers) {
    const mixed = both(learned.people, ({ seen }, person) => {
      const [own, other] = [values[person], values[person === 0 ? 1 : 0]];
      const places = seen
        .filter((one) => one.operation === operation && isAnswered(one))
        .flatMap(({ json }) => {
          const at = listIn(json)?.at;
          return [...placesIn(json)].flatMap(([pointer, ids]) =>
            at !== undefined &&
            pointer.startsWith(`${at}/*/`) &&
            // Several people in one element share it.
            !pointer.slice(at.length + 3).includes("*") &&
            isPersonPlace(pointer) &&
            ids.includes(own) &&
            ids.includes(other)
              ? [pointer]
              : [],
          );
        });
      return new Set(places);
    });
    const pointer = [...mixed[0]].find((one) => mixed[1].has(one));
    if (pointer !== undefined)
      return {
        reason: `${operation.key} shows each of the two the other's as well, named at ${pointer}. Where that is not meant, cut it to the caller's own`,
        lines: [
          `- match: ${nameOf(operation)}`,
          `  owner: { response: ${pointer}, is: ${claim}, foreign: filter }`,
        ],
      };
  }
  return undefined;
}
