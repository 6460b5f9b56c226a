import { type Range, rangeText, readRange, usualRange } from "./range.ts";

/** All that an address says of a view, so that every view can be sent to a colleague. */
export interface Address {
  /** `/incidents/i-3f9c`: decoded parts. */
  readonly parts: readonly string[];
  readonly range: Range;
  readonly app: string | undefined;
  readonly version: string | undefined;
  /** The filter line, where a page has one. */
  readonly filter: string;
  /** What only one page understands. */
  readonly more: Readonly<Record<string, string>>;
}

/** Longer values were made by somebody who wants to see what happens. */
const mostLetters = 500;
const mostMore = 12;
const known: ReadonlySet<string> = new Set(["range", "app", "version", "filter"]);

/** Whoever has made the address: what cannot be understood in it is left out. */
export function readAddress({ pathname, search }: Pick<URL, "pathname" | "search">): Address {
  const query = new URLSearchParams(search);
  const text = (name: string): string | undefined => {
    const value = query.get(name);
    return value === null || value === "" || value.length > mostLetters ? undefined : value;
  };
  const more = [...query.keys()]
    .filter((name) => !known.has(name) && /^[a-z][A-Za-z]{0,30}$/.test(name))
    .slice(0, mostMore)
    .flatMap((name) => {
      const value = text(name);
      return value === undefined ? [] : [[name, value] as const];
    });
  return {
    parts: pathname
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    range: readRange(query.get("range")),
    app: text("app"),
    version: text("version"),
    filter: text("filter") ?? "",
    more: Object.fromEntries(more),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What to change of an address; a page's own words go when the page does. */
export type Change = Partial<Omit<Address, "parts">> & {
  readonly path?: string;
};

/** The address of a view, in one spelling. */
export function writeAddress(at: Address, { path, ...change }: Change = {}): string {
  const stays = path === undefined;
  const next = { ...at, ...(stays ? {} : { filter: "", more: {} }), ...change };
  const query = new URLSearchParams();
  if (rangeText(next.range) !== usualRange) query.set("range", rangeText(next.range));
  if (next.app !== undefined) query.set("app", next.app);
  if (next.version !== undefined) query.set("version", next.version);
  if (next.filter !== "") query.set("filter", next.filter);
  for (const [name, value] of Object.entries(next.more)) if (value !== "") query.set(name, value);
  const pathname = path ?? pathOf(...at.parts);
  return query.size === 0 ? pathname : `${pathname}?${query.toString().replaceAll("%3A", ":")}`;
}

export const pathOf = (...parts: readonly string[]): string =>
  `/${parts.map(encodeURIComponent).join("/")}`;
