import {
  memberNames,
  memberSchema,
  type Operation,
  readTemplate,
} from "@portcullis/guard/documents";
import { choosesNothing } from "@portcullis/guard/ownership";
import { answerOwners } from "./answer-owners.ts";
import { isAnswered, type Seen } from "./harvest.ts";
import type { Two } from "./identifiers.ts";
import { byProvenance } from "./provenance-rules.ts";
import type { Candidate, Learned, Params, Teller } from "./learned.ts";
import { alikeOf, collectionOf, isPersonName, isShort, plain, singular } from "./names.ts";
import { both, directTellers, listedTellers, steppedTellers } from "./tellers.ts";

/** Rules that may be right, for every operation that names an object, the surest first. */
export function candidatesOf(learned: Learned): ReadonlyMap<Operation, readonly Candidate[]> {
  const direct = directTellers(learned);
  const stepped = steppedTellers(learned, direct);
  const tellers = [...direct, ...stepped, ...listedTellers(learned, [...direct, ...stepped])];
  const named = namedPeople(learned);
  return new Map(
    learned.operations
      .filter((operation) => !isForAnybody(operation))
      .map((operation) => [
        operation,
        [
          ...byParameter(operation, named, learned),
          ...(isOfObject(operation) ? byAnswer(operation, learned) : []),
          ...byTeller(operation, tellers),
          ...(operation.method === "GET" ? byListed(operation, learned) : []),
          ...byBody(operation, tellers, named, learned),
          ...byProvenance(operation, learned),
        ],
      ]),
  );
}

/** What is asked without naming anything shows the caller's own. */
const isOfObject = ({ method, parameters }: Operation): boolean =>
  method === "GET" && parameters.some((one) => one.in === "path" || one.in === "query");

const isForAnybody = ({ security }: Operation): boolean =>
  security !== undefined &&
  (security.length === 0 || security.some((one) => Object.keys(one).length === 0));

/** What places that name the two people are called, and by which claim they are known there. */
type NamedPeople = ReadonlyMap<string, { readonly claim: string; readonly values: Two<string> }>;

function namedPeople(learned: Learned): NamedPeople {
  const named = new Map<string, { claim: string; values: Two<string> }>();
  for (const operation of learned.operations)
    for (const { identifier, pointer } of answerOwners(operation, learned)) {
      const name = plain(pointer.split("/").findLast((one) => one !== "*") ?? "");
      if (isPersonName(name) && !named.has(name)) named.set(name, identifier);
    }
  for (const operation of learned.operations)
    for (const { name } of operation.parameters)
      for (const identifier of learned.identifiers)
        if (
          isPersonName(name) &&
          !named.has(plain(name)) &&
          askedAs(operation, name, identifier.values, learned)
        )
          named.set(plain(name), identifier);
  return named;
}

/** Whether both people were answered where they named themselves. */
const askedAs = (
  operation: Operation,
  name: string,
  values: Two<string>,
  { people }: Learned,
): boolean =>
  people.every(({ seen }, person) =>
    seen.some(
      (one) =>
        one.operation === operation && isAnswered(one) && one.params[name] === values[person],
    ),
  );

function byParameter(operation: Operation, named: NamedPeople, learned: Learned): Candidate[] {
  return operation.parameters.flatMap(({ in: location, name, required }): Candidate[] => {
    if (location !== "path" && location !== "query") return [];
    const shown = learned.identifiers.find(
      ({ claim, values }) =>
        askedAs(operation, name, values, learned) &&
        (isPersonName(name) ||
          (location === "path" && values.every((one) => !isShort(one)) && claim !== "")),
    );
    const identifier = (isPersonName(name) ? named.get(plain(name)) : undefined) ?? shown;
    if (identifier === undefined) return [];
    const own = both(identifier.values, (id, person): readonly Params[] => [
      { ...paramsOf(operation, learned.people[person].seen), [name]: id },
    ]);
    return [
      {
        operation,
        owner: `{ param: ${name}, is: ${identifier.claim}${location === "query" && !required ? ", optional: true" : ""} }`,
        reason: `${location === "path" ? "its path" : "its query"} names the person who asks: ${name} is ${identifier.claim}`,
        own,
      },
    ];
  });
}

const paramsOf = (operation: Operation, seen: readonly Seen[]): Params =>
  seen.find((one) => one.operation === operation && isAnswered(one))?.params ?? {};

function byAnswer(operation: Operation, learned: Learned): Candidate[] {
  return answerOwners(operation, learned).flatMap(({ identifier, inList, own, pointer, some }) =>
    inList
      ? []
      : [
          {
            operation,
            owner: `{ response: ${pointer}, is: ${identifier.claim}${some ? ", some: true" : ""} }`,
            reason: `its answer names the person who asks at ${pointer}${some ? ", among others" : ""}`,
            own: both(own, (all) => all.map(({ params }) => params)),
          },
        ],
  );
}

function byListed(operation: Operation, learned: Learned): Candidate[] {
  return answerOwners(operation, learned).flatMap(({ identifier, inList, own, pointer }) =>
    inList
      ? [
          {
            operation,
            owner: `{ response: ${pointer}, is: ${identifier.claim} }`,
            reason: `every element of its list names the person who asks at ${pointer}`,
            own: both(own, (all) => all.map(({ params }) => params)),
          },
        ]
      : [],
  );
}

/** The object stands in the path, or in the query, of another GET that tells whose it is. */
function byTeller(operation: Operation, tellers: readonly Teller[]): Candidate[] {
  const { pathTemplate } = operation;
  const above = tellers
    .filter(({ template }) => pathTemplate === template || pathTemplate.startsWith(`${template}/`))
    .toSorted((a, b) => b.template.length - a.template.length)
    .filter((teller) => isTold(operation, teller, undefined))
    .map((teller) => candidateOf(operation, teller, teller.parameter, teller.own));
  const queried = operation.parameters.flatMap(({ in: location, name, required }) =>
    location === "query"
      ? tellers
          .filter((teller) => namesObject(name, teller) && isTold(operation, teller, name))
          .map((teller) =>
            candidateOf(
              operation,
              teller,
              name,
              both(teller.own, (all) =>
                all.map((one) => ({ [name]: one[teller.parameter] ?? "" })),
              ),
              !required,
            ),
          )
      : [],
  );
  return [...above, ...queried];
}

const candidateOf = (
  operation: Operation,
  { rule, says }: Teller,
  id: string,
  own: Candidate["own"],
  optional = false,
): Candidate => ({ operation, owner: rule(id, optional), reason: says, own });

/** Whether a name elsewhere stands for the object that a teller's path names. */
function namesObject(name: string, { parameter, template }: Teller): boolean {
  if (readTemplate(template).names.length !== 1) return false;
  const collection = collectionOf(template);
  const kind = singular(plain(collection));
  const alike = new Set([...alikeOf(parameter, collection), kind, `${kind}id`]);
  return alike.has(plain(name)) && !/^(id|uuid|name|code|slug|key)$/.test(plain(name));
}

/** Parameters by which lists are only turned over. */
const turns =
  /^(page|perpage|pagesize|limit|offset|cursor|sort|sortby|order|fields|locale|lang|format|q|search)$/;

/** What else may choose the object must be told to who is asked, or the rule would not be taken. */
const isTold = (
  { parameters }: Operation,
  { declares }: Teller,
  but: string | undefined,
): boolean =>
  parameters.every(
    ({ in: location, name }) =>
      location === "path" ||
      location === "cookie" ||
      name === but ||
      declares.includes(name) ||
      (location === "header" && choosesNothing.has(name.toLowerCase())) ||
      turns.test(plain(name)),
  );

function byBody(
  operation: Operation,
  tellers: readonly Teller[],
  named: NamedPeople,
  { document: { schemas } }: Learned,
): Candidate[] {
  const schema = operation.requestBody?.content.find(({ mediaType }) =>
    mediaType.includes("json"),
  )?.schema;
  if (typeof schema !== "object" && schema !== true) return [];
  const requires =
    typeof schema === "object" && Array.isArray(schema["required"]) ? schema["required"] : [];
  return memberNames(schema, schemas).flatMap((name): Candidate[] => {
    const person = isPersonName(name) ? named.get(plain(name)) : undefined;
    const property = { property: name, from: name };
    if (person !== undefined)
      return [
        {
          operation,
          owner: `{ body: /${name}, is: ${person.claim}${requires.includes(name) ? "" : ", optional: true"} }`,
          reason: `its body names the person who asks: ${name} is ${person.claim}`,
          own: both(person.values, (id) => [{ [name]: id }]),
          body: property,
        },
      ];
    // What is no id, such as a text that is named like an object, is not looked up.
    const member = memberSchema(schema, name, schemas);
    if (typeof member === "object" && (member["type"] === "object" || member["type"] === "array"))
      return [];
    return tellers
      .filter((teller) => namesObject(name, teller) && isTold(operation, teller, undefined))
      .map((teller) => ({
        ...candidateOf(operation, teller, `/${name}`, teller.own, !requires.includes(name)),
        body: { property: name, from: teller.parameter },
      }));
  });
}
