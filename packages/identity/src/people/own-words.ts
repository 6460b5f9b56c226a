const leastOwn = 4;
/** What has to be left of a password beside the words that a guesser begins with here. */
const leastRest = 8;

const leets: Readonly<Record<string, string>> = {
  "0": "o",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
};
/** `1` stands for two letters. */
const spellings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => unleet(text, "i"),
  (text) => unleet(text, "l"),
];

const unleet = (text: string, one: string): string =>
  text.replaceAll(/[0134578@$!]/g, (sign) => (sign === "1" ? one : (leets[sign] ?? sign)));

/** The parts of an address or a name that are long enough to be a word. */
export const wordsOf = (text: string): readonly string[] => [
  ...new Set(
    [text, ...text.split(/[^\p{L}\p{N}]+/u)]
      .map((word) => word.normalize("NFC").toLowerCase())
      .filter((word) => word.length >= leastOwn),
  ),
];

/**
 * What is left of a password when the given words are taken out, as often as they stand in it and
 * with digits and signs for letters; undefined when none of them stands in it.
 */
export function withoutWords(lowerCase: string, words: readonly string[]): string | undefined {
  const taken = new Set<number>();
  for (const spelling of spellings)
    for (const word of words) mark(spelling(lowerCase), spelling(word), taken);
  if (taken.size === 0) return undefined;
  return Array.from({ length: lowerCase.length }, (_, index) => index)
    .filter((index) => !taken.has(index))
    .map((index) => lowerCase[index])
    .join("")
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

export const isTooLittle = (rest: string): boolean => rest.length < leastRest;

function mark(text: string, word: string, taken: Set<number>): void {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    for (let index = at; index < at + word.length; index += 1) taken.add(index);
}
