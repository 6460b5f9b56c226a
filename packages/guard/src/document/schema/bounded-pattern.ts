import { RE2JS } from "re2js";
import { splitLookAround } from "./split-look-around.ts";
import { testInTime } from "./timed-pattern.ts";

/**
 * A compiled pattern whose matching time is bounded by the length of the text, whatever the text.
 */
export interface BoundedPattern {
  test(text: string): boolean;
}

/** Longest text given to a pattern that only a backtracking engine understands. */
const mostBacktracked = 256;
const cache = new Map<string, BoundedPattern>();

/**
 * Compiles a pattern of a document (ECMA-262 dialect). The caller chooses the text, and a pattern
 * like `(a+)+$` needs minutes for some short texts: one request would stop the gate. Patterns that
 * cannot blow up run natively; the others on a linear-time engine; those it does not know
 * (look-around, back-references) are taken apart where their look-aheads stand at the beginning;
 * what is left runs natively on short texts, and where its loops nest for a short time too.
 *
 * @throws SyntaxError when the pattern cannot be read
 */
export function compileBoundedPattern(source: string): BoundedPattern {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const native = compileNative(source);
  const loops = loopsOf(source);
  const pattern =
    loops.unbounded <= 1 && !loops.nested
      ? native
      : (compileLinear(source) ?? compileSplit(source) ?? boundByLength(native, loops));
  cache.set(source, pattern);
  return pattern;
}

/** Escapes of other languages, which ECMAScript's older dialect would read as plain letters. */
const foreignEscapes = /(?:^|[^\\])(?:\\\\)*\\(?:[pP]\{|[AZzGQEHhR])/;

function compileNative(source: string): RegExp {
  try {
    return new RegExp(source, "u");
  } catch (fault) {
    if (foreignEscapes.test(source)) throw fault;
    // Many documents escape what needs no escape (`\-`, `\_`), which only the older dialect allows.
    try {
      return new RegExp(source);
    } catch {
      throw fault;
    }
  }
}

function compileLinear(source: string): BoundedPattern | undefined {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    return { test: (text) => compiled.matcher(text).find() };
  } catch {
    return undefined;
  }
}

/** Each part by itself is bounded, perhaps linear. */
function compileSplit(source: string): BoundedPattern | undefined {
  const split = splitLookAround(source);
  if (split === undefined) return undefined;
  const all = split.all.map(compileBoundedPattern);
  const none = split.none.map(compileBoundedPattern);
  return {
    test: (text) => all.every((one) => one.test(text)) && !none.some((one) => one.test(text)),
  };
}

function boundByLength(native: RegExp, { nested, unbounded }: Loops): BoundedPattern {
  if (nested || unbounded > 3) return { test: (text) => testInTime(native, text) };
  return { test: (text) => text.length <= mostBacktracked && native.test(text) };
}

interface Loops {
  /** Loops without an upper bound, or with one above 100. */
  readonly unbounded: number;
  /** A repeated group that itself repeats or chooses. */
  readonly nested: boolean;
}

function loopsOf(source: string): Loops {
  let unbounded = 0;
  let nested = false;
  /** For each open group: does it hold a loop or a choice? */
  const groups: boolean[] = [];
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index] as string;
    index = atomEnd(source, index);
    const endsVaried = endsVariedGroup(character, groups);
    // The question mark of `(?:` says what kind of group begins, and is no loop.
    const isKind = character === "(" && source[index + 1] === "?";
    const { length, most } = isKind ? noLoop : loopAt(source, index + 1);
    if (most > 100) unbounded += 1;
    if (most > 1 && endsVaried) nested = true;
    if (most > 1 || endsVaried) markInnermost(groups);
    index += length;
  }
  return { unbounded, nested };
}

/** The last character of what begins here: an escape and a class are one atom. */
function atomEnd(source: string, index: number): number {
  if (source[index] === "\\") return index + 1;
  return source[index] === "[" ? classEnd(source, index) : index;
}

/** Whether a group ends here that holds a loop or a choice. */
function endsVariedGroup(character: string, groups: boolean[]): boolean {
  if (character === "(") groups.push(false);
  else if (character === "|") markInnermost(groups);
  return character === ")" && (groups.pop() ?? false);
}

function markInnermost(groups: boolean[]): void {
  if (groups.length > 0) groups[groups.length - 1] = true;
}

interface Loop {
  /** How often what stands before it may be repeated. */
  readonly most: number;
  /** How many characters of the pattern it takes. */
  readonly length: number;
}

const noLoop: Loop = { most: 1, length: 0 };

function loopAt(source: string, index: number): Loop {
  const match = /^(?:([*+?])|\{(\d+)(,(\d*))?\})\??/.exec(source.slice(index, index + 24));
  if (match === null) return noLoop;
  const [whole, sign, least, range, most] = match;
  if (sign !== undefined) return { most: sign === "?" ? 1 : Infinity, length: whole.length };
  return {
    most: range === undefined ? Number(least) : most === "" ? Infinity : Number(most),
    length: whole.length,
  };
}

function classEnd(source: string, from: number): number {
  for (let index = from + 1; index < source.length; index += 1) {
    if (source[index] === "\\") index += 1;
    else if (source[index] === "]") return index;
  }
  return source.length;
}
