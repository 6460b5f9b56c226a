import { type Harvest, isAnswered, listIn, nameOf, textOfId } from "./harvest.ts";
import { plain } from "./names.ts";

/** The two people who were signed in. */
export type Two<T> = readonly [T, T];

/** A claim that tells the two people apart. */
export interface Identifier {
  /** As a rule says it, such as `token.sub`. */
  readonly claim: string;
  readonly values: Two<string>;
}

/** Claims that differ between any two tokens, or say nothing of whose a thing is. */
const ofTheToken =
  /^(iss|aud|exp|nbf|iat|jti|sid|nonce|authtime|azp|clientid|cnf|scope|scp|atHash|typ|acr|amr|picture|locale|sessionid|roles?)$/i;

/** Claims that tell the two apart; `sub` first, because every source gives it. */
export function identifiersOf(people: Two<Harvest>, source: string): readonly Identifier[] {
  const [one, two] = people.map(({ claims }) => claims) as unknown as Two<Harvest["claims"]>;
  const found = Object.keys(one).flatMap((name): Identifier[] => {
    const values = [textOfId(one[name]), textOfId(two[name])];
    const [first, second] = values;
    if (ofTheToken.test(plain(name)) || !/^[A-Za-z0-9_-]+$/.test(name)) return [];
    return first === undefined || second === undefined || first === second
      ? []
      : [{ claim: `${source}.${name}`, values: [first, second] }];
  });
  return found.toSorted((a, b) => rank(a) - rank(b));
}

const rank = ({ claim }: Identifier): number => (claim.endsWith(".sub") ? 0 : 1);

/**
 * Values by which a GET without parameters tells the two apart, and which no claim has: numeric ids
 * of people whom the token knows by names.
 */
export function unclaimedOf(
  people: Two<Harvest>,
  known: readonly Identifier[],
): readonly { readonly values: Two<string>; readonly where: string }[] {
  const claimed = new Set(known.flatMap(({ values }) => values));
  const told = people.map(({ seen }) => {
    const values = new Map<string, string>();
    for (const one of seen) {
      if (!isAnswered(one) || Object.keys(one.params).length > 0 || listIn(one.json) !== undefined)
        continue;
      for (const [name, member] of Object.entries(one.json as object)) {
        const id = textOfId(member);
        if (id !== undefined && /^(id|.*(id|number|no|uuid))$/.test(plain(name)))
          values.set(`${nameOf(one.operation)} /${name}`, id);
      }
    }
    return values;
  });
  return [...(told[0] ?? [])].flatMap(([where, first]) => {
    const second = told[1]?.get(where);
    return second === undefined || second === first || claimed.has(first) || claimed.has(second)
      ? []
      : [{ where, values: [first, second] as const }];
  });
}
