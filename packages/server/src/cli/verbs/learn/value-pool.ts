import { idsIn, listIn, type Seen, textOfId } from "./harvest.ts";
import { alikeOf, collectionOf, isPersonName, plain, singular } from "./names.ts";

/** More values of one parameter show nothing new. */
const mostValues = 4;

interface Shown {
  /** The template whose list has shown it; undefined for what stood elsewhere. */
  readonly list: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly name: string;
  readonly value: string;
}

/** Ids that a person was shown, and which of them may stand for a parameter. */
export class ValuePool {
  readonly #shown: Shown[] = [];
  readonly #claims: Readonly<Record<string, unknown>>;

  constructor(claims: Readonly<Record<string, unknown>>) {
    this.#claims = claims;
  }

  learn({ json, operation: { pathTemplate }, params }: Seen): void {
    for (const element of listIn(json)?.items ?? [])
      if (typeof element === "object" && element !== null)
        for (const [name, member] of Object.entries(element)) {
          const value = textOfId(member);
          if (value !== undefined)
            this.#shown.push({ list: pathTemplate, params, name: plain(name), value });
        }
      else {
        const value = textOfId(element);
        if (value !== undefined) this.#shown.push({ list: pathTemplate, params, name: "", value });
      }
    for (const { id, pointer } of idsIn(json)) {
      const name = plain(pointer.split("/").findLast((one) => one !== "*") ?? "");
      this.#shown.push({ list: undefined, params, name, value: id });
    }
  }

  /** Values for a parameter of a path: what the list above it shows, then what is named alike. */
  parameter(
    name: string,
    prefix: string,
    collection: string,
    known: Readonly<Record<string, string>>,
  ): readonly string[] {
    const alike = alikeOf(name, collection);
    const fits = ({ list, name: shown, params }: Shown): boolean =>
      list !== undefined &&
      (alike.has(shown) || shown === "") &&
      (list === prefix
        ? Object.entries(known).every(([key, value]) => (params[key] ?? value) === value)
        : collectionOf(list) === collection && list.endsWith(collection));
    const listed = this.#shown.filter(fits);
    const own = isPersonName(name) || isPersonName(singular(collection)) ? this.person(name) : [];
    return few([...own, ...listed.map(({ value }) => value), ...this.named(name)]);
  }

  /** What stood anywhere under this very name, where it is more than `id`. */
  named(name: string): readonly string[] {
    const wanted = plain(name);
    if (/^(id|name|key|code)$/.test(wanted)) return [];
    return few(this.#shown.filter((one) => one.name === wanted).map(({ value }) => value));
  }

  /** What a token says of the person. */
  person(name: string): readonly string[] {
    const wanted = plain(name);
    const ids = Object.entries(this.#claims).flatMap(([claim, value]) => {
      const id = identifying.test(plain(claim)) ? textOfId(value) : undefined;
      return id === undefined ? [] : [{ claim: plain(claim), id }];
    });
    const exact = ids.filter(({ claim }) => claim === wanted);
    return few([...exact, ...ids].map(({ id }) => id));
  }
}

const identifying =
  /^(sub|id|uid|userid|username|login|preferredusername|customer|.*(id|no|number|name))$/;
const few = (values: readonly string[]): readonly string[] =>
  [...new Set(values)].slice(0, mostValues);
