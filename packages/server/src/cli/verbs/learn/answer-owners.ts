import type { Operation } from "@portcullis/guard/documents";
import { isAnswered, listIn, placesIn, type Seen } from "./harvest.ts";
import type { Identifier, Two } from "./identifiers.ts";
import { isPersonName, isPersonPlace, isShort } from "./names.ts";
import type { Learned } from "./learned.ts";

/** A place of an operation's answers that names whose they are. */
export interface AnswerOwner {
  readonly pointer: string;
  readonly identifier: Identifier;
  /** The answer names several people, of whom one is the caller. */
  readonly some: boolean;
  /** Answers that name the person who asked. */
  readonly own: Two<readonly Seen[]>;
  /** Answers that name others. */
  readonly others: number;
  /** Whether the place is an element's of the list that is answered. */
  readonly inList: boolean;
}

interface Tally {
  readonly own: Two<Seen[]>;
  readonly some: Two<Seen[]>;
  others: number;
  /** Its value is an id that the request itself has named. */
  echoes: boolean;
  short: boolean;
  several: boolean;
}

/** Places that name the person who asked, for both people, the surest first. */
export function answerOwners(operation: Operation, learned: Learned): readonly AnswerOwner[] {
  const answered = learned.people.map(({ seen }) =>
    seen.filter((one) => one.operation === operation && isAnswered(one)),
  ) as unknown as Two<readonly Seen[]>;
  const lists = new Set(answered.flat().map(({ json }) => listIn(json)?.at));
  const found = learned.identifiers.flatMap((identifier) =>
    [...tallyOf(answered, identifier)].flatMap(([pointer, tally]) => {
      const inList = [...lists].some(
        (at) => at !== undefined && pointer.startsWith(`${at}/*`) && isListed(at, answered),
      );
      const owner = judge(pointer, identifier, tally, inList);
      return owner === undefined ? [] : [owner];
    }),
  );
  return found.toSorted((a, b) => rank(b) - rank(a)).slice(0, 3);
}

/** An object with members is no list of things, though it holds one list. */
const isListed = (at: string, answered: Two<readonly Seen[]>): boolean =>
  at === "" ||
  answered
    .flat()
    .every(
      ({ json, params }) =>
        Object.keys(params).length === 0 || Object.keys(json as object).length <= 3,
    );

function tallyOf(answered: Two<readonly Seen[]>, { values }: Identifier): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  answered.forEach((all, person) => {
    const id = values[person as 0 | 1];
    for (const seen of all)
      for (const [pointer, ids] of placesIn(seen.json)) {
        const tally = tallies.get(pointer) ?? newTally();
        tallies.set(pointer, tally);
        const mine = ids.filter((one) => one === id).length;
        if (mine === ids.length) tally.own[person as 0 | 1].push(seen);
        else if (mine > 0) tally.some[person as 0 | 1].push(seen);
        else tally.others += 1;
        tally.short ||= isShort(id);
        tally.several ||= ids.length > 1;
        tally.echoes ||= Object.entries(seen.params).some(
          ([name, value]) => !isPersonName(name) && ids.includes(value),
        );
      }
  });
  return tallies;
}

const newTally = (): Tally => ({
  own: [[], []],
  some: [[], []],
  others: 0,
  echoes: false,
  short: false,
  several: false,
});

function judge(
  pointer: string,
  identifier: Identifier,
  { echoes, others, own, several, short, some }: Tally,
  inList: boolean,
): AnswerOwner | undefined {
  const named: Two<readonly Seen[]> = [
    [...own[0], ...some[0]],
    [...own[1], ...some[1]],
  ];
  if (echoes || named.some((all) => all.length === 0)) return undefined;
  // An amount or a number of things is easily the same as somebody's number.
  if (!isPersonPlace(pointer) && (short || others > 0)) return undefined;
  const isShared = some.some((all) => all.length > 0);
  // A list that shows others' things too is not the caller's as a whole.
  if (inList && (isShared || others > 0)) return undefined;
  if (isShared && !pointer.includes("*")) return undefined;
  const isMany =
    !inList && pointer.includes("*") && (isShared || several || isPersonPlace(pointer));
  return { pointer, identifier, some: isMany, own: named, others, inList };
}

const surest = /(owner|customer|user|author|account|member|tenant|org)/i;

function rank({ identifier, inList, pointer, some }: AnswerOwner): number {
  return (
    (isPersonPlace(pointer) ? 8 : 0) +
    (surest.test(pointer) ? 2 : 0) +
    (some ? -1 : 0) +
    (inList ? 0 : 1) +
    (identifier.claim.endsWith(".sub") ? 0.5 : 0) -
    pointer.split("/").length / 10
  );
}
