import type { Change } from "../address/address.ts";
import { pathOf } from "../address/address.ts";
import { frameWords as words, pageWords } from "../words/frame.ts";
import { pages } from "./pages.ts";

export interface Finding {
  readonly kind: string;
  readonly name: string;
  readonly to: Change;
}

/** What there is to be found, as far as it is known here. */
export interface Findable {
  readonly incidents: readonly { readonly id: string; readonly summary: string }[];
  readonly operations: readonly string[];
}

const mostFound = 12;
const trace = /^[0-9a-f]{8,32}$/i;
const pseudonym = /^~?[A-Za-z0-9_-]{6,64}$/;

/** The likeliest first: what begins with the text, then what has it within. */
export function findAll(text: string, { incidents, operations }: Findable): readonly Finding[] {
  const wanted = text.trim().toLowerCase();
  const all: readonly Finding[] = [
    ...pages.map(({ name, path }) => ({ kind: words.pages, name: pageWords[name], to: { path } })),
    ...incidents.map(({ id, summary }) => ({
      kind: `${pageWords.incidents} · ${id}`,
      name: summary,
      to: { path: pathOf("incidents", id) },
    })),
    ...operations.map((name) => ({
      kind: pageWords.operations,
      name,
      to: { path: pathOf("operations", name) },
    })),
  ];
  if (wanted === "") return all.slice(0, pages.length);
  const rankOf = ({ kind, name }: Finding): number => {
    const [low, within] = [name.toLowerCase(), `${name} ${kind}`.toLowerCase().indexOf(wanted)];
    return low.startsWith(wanted) ? 0 : within === -1 ? -1 : 1;
  };
  const ranked = all
    .map((one) => ({ one, rank: rankOf(one) }))
    .filter(({ rank }) => rank >= 0)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
  return [...ranked.slice(0, mostFound), ...looksLike(text.trim())];
}

/** What may be a trace, a person or a word for Live, although nobody here knows it. */
function looksLike(text: string): readonly Finding[] {
  const inLive = (filter: string): Change => ({ path: "/live", filter });
  return [
    ...(trace.test(text)
      ? [{ kind: words.asTrace, name: text, to: inLive(`trace:${text.toLowerCase()}`) }]
      : []),
    ...(pseudonym.test(text)
      ? [{ kind: words.asPseudonym, name: text, to: { path: pathOf("callers", text) } }]
      : []),
    ...(text.includes(":") ? [{ kind: words.asSearch, name: text, to: inLive(text) }] : []),
  ];
}
