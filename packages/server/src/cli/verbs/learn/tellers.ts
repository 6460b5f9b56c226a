import { type Operation, readTemplate } from "@portcullis/guard/documents";
import { type AnswerOwner, answerOwners } from "./answer-owners.ts";
import {
  idsIn,
  isAnswered,
  listIn,
  type Placed,
  placesIn,
  type Seen,
  textOfId,
} from "./harvest.ts";
import type { Two } from "./identifiers.ts";
import type { Learned, Params, Teller } from "./learned.ts";
import { alikeOf, collectionOf, isPersonPlace, isShort, plain, singular } from "./names.ts";
import { valueAt } from "./sign-in.ts";

export const both = <A, B>([one, two]: Two<A>, of: (each: A, person: 0 | 1) => B): Two<B> => [
  of(one, 0),
  of(two, 1),
];
const lastOf = (template: string): string => readTemplate(template).names.at(-1) ?? "";
const queryOf = ({ parameters }: Operation): readonly string[] =>
  parameters.flatMap(({ in: location, name }) => (location === "query" ? [name] : []));
const tail = ({ identifier, pointer, some }: AnswerOwner, optional: boolean): string =>
  `response: ${pointer}, is: ${identifier.claim}${some ? ", some: true" : ""}${optional ? ", optional: true" : ""}`;

/** GETs by an id whose answers name the owner. */
export function directTellers(learned: Learned): readonly Teller[] {
  return learned.operations.flatMap((operation): Teller[] => {
    const { method, operationId, pathTemplate } = operation;
    if (method !== "GET" || operationId === undefined || !pathTemplate.endsWith("}")) return [];
    const [owner] = answerOwners(operation, learned).filter(({ inList }) => !inList);
    if (owner === undefined) return [];
    const parameter = lastOf(pathTemplate);
    return [
      {
        template: pathTemplate,
        parameter,
        declares: queryOf(operation),
        says: `${operation.key} names the owner at ${owner.pointer}`,
        rule: (id, optional) =>
          `{ lookup: ${operationId}${id === parameter ? "" : `, with: { ${parameter}: ${id} }`}, ${tail(owner, optional)} }`,
        own: both(owner.own, (all) => all.map(({ params }) => params)),
      },
    ];
  });
}

/** GETs by an id whose answers lead to another object, which names the owner. */
export function steppedTellers(learned: Learned, direct: readonly Teller[]): readonly Teller[] {
  const told = new Set(direct.map(({ template }) => template));
  return learned.operations.flatMap((first): Teller[] => {
    const { method, operationId, pathTemplate } = first;
    if (method !== "GET" || operationId === undefined || told.has(pathTemplate)) return [];
    if (!pathTemplate.endsWith("}") || readTemplate(pathTemplate).names.length !== 1) return [];
    for (const second of learned.operations) {
      const teller = direct.find(({ template }) => second.pathTemplate === template);
      if (second.method !== "GET" || teller === undefined) continue;
      if (readTemplate(teller.template).names.length !== 1) continue;
      const step = stepBetween(first, teller, learned);
      const [owner] = answerOwners(second, learned).filter(({ inList }) => !inList);
      if (step === undefined || owner === undefined) continue;
      const parameter = lastOf(pathTemplate);
      return [
        {
          template: pathTemplate,
          parameter,
          declares: [...queryOf(first), ...queryOf(second)],
          says: `${first.key} names at ${step.pointer} what ${teller.says}`,
          rule: (id, optional) =>
            `{ lookup: [{ operation: ${operationId}${id === parameter ? "" : `, with: { ${parameter}: ${id} }`} }, ` +
            `{ operation: ${second.operationId}, with: { ${teller.parameter}: ${step.pointer} } }], ${tail(owner, optional)} }`,
          own: step.own,
        },
      ];
    }
    return [];
  });
}

/** A place of the first answers that holds, for both people, ids of their own objects of the second. */
function stepBetween(
  first: Operation,
  { own, parameter, template }: Teller,
  { people }: Learned,
): { readonly pointer: string; readonly own: Two<readonly Params[]> } | undefined {
  const ids = both(own, (all) => new Set(all.map((params) => params[parameter])));
  const answers = both(people, ({ seen }) =>
    seen.filter((one) => one.operation === first && isAnswered(one)),
  );
  const alike = new Set([
    ...alikeOf(parameter, collectionOf(template)),
    singular(plain(collectionOf(template))),
  ]);
  const pointers = new Set(answers.flat().flatMap(({ json }) => [...placesIn(json).keys()]));
  for (const pointer of pointers) {
    if (pointer.includes("*")) continue;
    const name = plain(pointer.split("/").at(-1) ?? "");
    const owned = both(answers, (all, person) =>
      all.filter((seen) => ids[person].has(textOfId(valueAt(seen.json, pointer)) ?? "")),
    );
    const values = owned.flat().map(({ json }) => textOfId(valueAt(json, pointer)) ?? "");
    const isSure = alike.has(name) && name !== "id" ? true : !values.some(isShort);
    const isTheFirst = owned
      .flat()
      .some(({ json, params }) =>
        Object.values(params).includes(textOfId(valueAt(json, pointer)) ?? ""),
      );
    if (owned.every((all) => all.length > 0) && isSure && !isTheFirst)
      return { pointer, own: both(owned, (all) => all.map(({ params }) => params)) };
  }
  return undefined;
}

/** Objects that no GET shows by their id, found in a list whose elements name their owner. */
export function listedTellers(learned: Learned, known: readonly Teller[]): readonly Teller[] {
  const told = new Set(known.map(({ template }) => template));
  const wanted = new Set(
    learned.operations.flatMap(
      ({ pathTemplate }) => /^(.*?\/\{[^}]+\})(?:\/[^{]*)?$/.exec(pathTemplate)?.[1] ?? [],
    ),
  );
  return [...wanted].flatMap((template): Teller[] => {
    const collection = template.slice(0, template.lastIndexOf("/"));
    const list = learned.operations.find(
      ({ method, pathTemplate }) => method === "GET" && pathTemplate === collection,
    );
    if (told.has(template) || list?.operationId === undefined) return [];
    const found = findIn(list, lastOf(template), collectionOf(collection), learned);
    if (found === undefined) return [];
    const { at, by, identifier, own, pointer } = found;
    return [
      {
        template,
        parameter: lastOf(template),
        declares: queryOf(list),
        says: `${list.key} shows it with its owner at ${pointer}`,
        rule: (id, optional) =>
          `{ lookup: ${list.operationId}, find: { ${at === "" ? "" : `items: ${at}, `}by: ${by}, id: ${id} }, response: ${pointer}, is: ${identifier.claim}${optional ? ", optional: true" : ""} }`,
        own,
      },
    ];
  });
}

function findIn(
  list: Operation,
  parameter: string,
  collection: string,
  { identifiers, people }: Learned,
) {
  const alike = alikeOf(parameter, collection);
  const shown = both(people, ({ seen }) =>
    seen
      .filter((one) => one.operation === list && isAnswered(one))
      .flatMap((one) => elementsOf(one)),
  );
  const at = shown.flat()[0]?.at;
  if (at === undefined) return undefined;
  for (const identifier of identifiers)
    for (const pointer of new Set(
      shown.flat().flatMap(({ ids }) => ids.map((one) => one.pointer)),
    )) {
      if (!isPersonPlace(pointer) || pointer.includes("*")) continue;
      const by = shown
        .flat()[0]
        ?.ids.find((one) => alike.has(plain(one.pointer.slice(1))))?.pointer;
      if (by === undefined || by === pointer) continue;
      const own = both(shown, (all, person) =>
        all.flatMap(({ element, params }): Params[] => {
          const id = textOfId(valueAt(element, by));
          return id !== undefined &&
            textOfId(valueAt(element, pointer)) === identifier.values[person]
            ? [{ ...params, [parameter]: id }]
            : [];
        }),
      );
      if (own.every((all) => all.length > 0)) return { at, by, pointer, identifier, own };
    }
  return undefined;
}

function elementsOf({ json, params }: Seen): readonly {
  readonly at: string;
  readonly element: unknown;
  readonly params: Params;
  readonly ids: readonly Placed[];
}[] {
  const list = listIn(json);
  return (list?.items ?? []).map((element) => ({
    at: list?.at ?? "",
    element,
    params,
    ids: [...idsIn(element)],
  }));
}
