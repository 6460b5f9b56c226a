/** The words of the filter line, and what `GET /records` calls them. */
export const filterWords = {
  op: "operation",
  code: "code",
  app: "app",
  version: "appVersion",
  status: "status",
  outcome: "outcome",
  mode: "mode",
  trace: "traceId",
  subject: "subject",
  device: "device",
  address: "address",
  client: "client",
  object: "object",
  owner: "owner",
} as const;
export type FilterWord = keyof typeof filterWords;

export interface FilterPart {
  readonly word: FilterWord;
  readonly value: string;
}

/** A filter line as it was understood, and what of it was not. */
export interface Filter {
  readonly parts: readonly FilterPart[];
  readonly strange: readonly string[];
}

const isWord = (word: string): word is FilterWord => Object.hasOwn(filterWords, word);
const trace = /^[0-9a-f]{32}$/i;

/** `op:getAccount status:404 subject:~9f2c`; a value with spaces stands between quotes. */
export function readFilter(line: string): Filter {
  const parts = new Map<FilterWord, string>();
  const strange: string[] = [];
  for (const [token] of line.matchAll(/[^\s":]+:"[^"]*"|\S+/g)) {
    const at = token.indexOf(":");
    const [word, value] = [token.slice(0, at), token.slice(at + 1).replaceAll('"', "")];
    if (at > 0 && isWord(word) && value !== "") parts.set(word, value);
    else if (trace.test(token)) parts.set("trace", token.toLowerCase());
    else strange.push(token);
  }
  return { parts: [...parts].map(([word, value]) => ({ word, value })), strange };
}

const partText = ({ value, word }: FilterPart): string =>
  /\s/.test(value) ? `${word}:"${value}"` : `${word}:${value}`;

export const filterText = (parts: readonly FilterPart[]): string => parts.map(partText).join(" ");

/** The line with one word set; a value of nothing drops it. */
export function withPart(line: string, word: FilterWord, value: string | undefined): string {
  const others = readFilter(line).parts.filter((part) => part.word !== word);
  return filterText(value === undefined ? others : [...others, { word, value }]);
}

/** What `GET /records` and `GET /records/live` are asked. App and version of the page count too. */
export function queryOf(
  line: string,
  page: { readonly app: string | undefined; readonly version: string | undefined },
): Readonly<Record<string, string>> {
  return {
    ...(page.app === undefined ? {} : { app: page.app }),
    ...(page.version === undefined ? {} : { appVersion: page.version }),
    ...Object.fromEntries(
      readFilter(line).parts.map(({ value, word }) => [filterWords[word], value]),
    ),
  };
}

/** What may come next: words for a word that is begun, known values behind a word. */
export function completionsOf(
  line: string,
  known: Partial<Record<FilterWord, readonly string[]>>,
): readonly string[] {
  const begun = /\S*$/.exec(line)?.[0] ?? "";
  const at = begun.indexOf(":");
  const before = line.slice(0, line.length - begun.length);
  const mostOffered = 8;
  if (at === -1) {
    const used = new Set(readFilter(before).parts.map(({ word }) => word));
    return Object.keys(filterWords)
      .filter((word) => word.startsWith(begun) && isWord(word) && !used.has(word))
      .slice(0, mostOffered)
      .map((word) => `${before}${word}:`);
  }
  const [word, value] = [begun.slice(0, at), begun.slice(at + 1).toLowerCase()];
  if (!isWord(word)) return [];
  return (known[word] ?? [])
    .filter((one) => one.toLowerCase().includes(value) && one.toLowerCase() !== value)
    .slice(0, mostOffered)
    .map((one) => `${before}${partText({ word, value: one })} `);
}
