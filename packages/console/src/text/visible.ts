/** A stretch of text as it is shown: as it is, or the name of a character that nobody would see. */
export interface Stretch {
  readonly text: string;
  /** Whether it stands for something that cannot be seen, or that would move its neighbours. */
  readonly isName: boolean;
}

/** Longer texts of callers are cut here: nobody reads on, and a page must stay a page. */
export const mostShown = 200;

/**
 * What cannot be seen or changes how its neighbours are read: controls (ESC begins a terminal's
 * colours), soft hyphens, joiners, marks and overrides of direction, line separators, invisible
 * operators, fillers, variation selectors, tags, lone surrogates and unassigned ends of planes.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{VS}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufff0-\uffff\u{e0000}-\u{e0fff}]/u;

/** More marks than this over one letter climb over the lines above. */
const mostMarks = 4;
const mark = /\p{M}/u;

/** Text that a caller has sent, in stretches that can be shown. */
export function visible(text: string, most = mostShown): readonly Stretch[] {
  const stretches: { text: string; isName: boolean }[] = [];
  const add = (part: string, isName: boolean): void => {
    const last = stretches.at(-1);
    if (last !== undefined && !isName && !last.isName) last.text += part;
    else stretches.push({ text: part, isName });
  };
  let [shown, marks] = [0, 0];
  for (const character of text) {
    if (shown === most) {
      add("…", false);
      break;
    }
    shown += 1;
    marks = mark.test(character) ? marks + 1 : 0;
    if (unseen.test(character) || marks > mostMarks) add(nameOf(character), true);
    else add(character, false);
  }
  return stretches;
}

const known: Readonly<Record<string, string>> = { "\n": "⏎", "\r": "␍", "\t": "⇥", "\0": "␀" };

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return known[character] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The same as one text, for where only text can stand: titles, labels, what is copied. */
export const visibleText = (text: string, most = mostShown): string =>
  visible(text, most)
    .map((one) => (one.isName ? `⟨${one.text}⟩` : one.text))
    .join("");
