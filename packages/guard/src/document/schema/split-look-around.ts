/** A pattern whose look-aheads stand at its beginning, taken apart. */
export interface SplitPattern {
  /** What must be found at the beginning of the text. */
  readonly all: readonly string[];
  /** What must not be found there. */
  readonly none: readonly string[];
}

/**
 * Takes `^(?=.*\d)(?!.*admin)[a-z]+$` apart into `^(?:.*\d)`, `^(?:.*admin)` and `^[a-z]+$`: each by
 * itself can be matched in linear time. Undefined where that would say something else.
 */
export function splitLookAround(source: string): SplitPattern | undefined {
  const all: string[] = [];
  const none: string[] = [];
  let anchored = false;
  let at = 0;
  for (;;) {
    if (source[at] === "^" && !anchored) {
      anchored = true;
      at += 1;
    }
    const sign = /^\(\?([=!])/.exec(source.slice(at, at + 3))?.[1];
    if (sign === undefined) break;
    const end = groupEnd(source, at);
    if (end === undefined) return undefined;
    (sign === "=" ? all : none).push(`^(?:${source.slice(at + 3, end)})`);
    at = end + 1;
  }
  const rest = source.slice(at);
  if (!anchored || all.length + none.length === 0 || choosesAtTop(rest)) return undefined;
  return { all: [...all, `^${rest}`], none };
}

/** Where the group that begins here ends. */
function groupEnd(source: string, from: number): number | undefined {
  let depth = 0;
  for (const [index, character] of characters(source, from)) {
    if (character === "(") depth += 1;
    else if (character === ")") {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return undefined;
}

/** Whether the whole is a choice, so that what stands before it belongs to its first part alone. */
function choosesAtTop(source: string): boolean {
  let depth = 0;
  for (const [, character] of characters(source, 0)) {
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "|" && depth === 0) return true;
  }
  return false;
}

/** Characters that mean something: neither escaped, nor in a class. */
function* characters(source: string, from: number): Generator<readonly [number, string]> {
  let inClass = false;
  for (let index = from; index < source.length; index += 1) {
    const character = source[index] as string;
    if (character === "\\") index += 1;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else yield [index, character];
  }
}
