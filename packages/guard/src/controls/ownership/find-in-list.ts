import { textOfId } from "./owner-text.ts";

/** More elements are not searched: a list without end would hold up everybody on this thread. */
export const mostElements = 10_000;
export const tooLong = `the list that the object is looked for in has more than ${mostElements} elements`;

/** Which ids a list holds, and the elements that have them: several may have the same. */
export interface Found {
  readonly ids: ReadonlySet<string>;
  readonly elements: readonly { readonly id: string; readonly element: unknown }[];
}

/**
 * Finds elements of a list by their ids, in one pass. Undefined where there is no list; a text says
 * why it is not searched.
 */
export function compileFind(
  items: readonly string[],
  by: readonly string[],
): (answer: unknown, wanted: ReadonlySet<string>) => Found | string | undefined {
  return (answer, wanted) => {
    const list = valueAt(answer, items);
    if (!Array.isArray(list)) return undefined;
    if (list.length > mostElements) return tooLong;
    const ids = new Set<string>();
    const elements: Found["elements"][number][] = [];
    for (const element of list as unknown[]) {
      const id = textOfId(valueAt(element, by));
      if (id === undefined || !wanted.has(id)) continue;
      ids.add(id);
      elements.push({ id, element });
    }
    return { ids, elements };
  };
}

export function valueAt(value: unknown, tokens: readonly string[]): unknown {
  let at = value;
  for (const token of tokens) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return undefined;
    at = (at as Record<string, unknown>)[token];
  }
  return at;
}
