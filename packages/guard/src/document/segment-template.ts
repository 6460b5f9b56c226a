/** Reads one segment by a template: adds its parameters' texts, or adds nothing and says no. */
export type ReadSegment = (segment: string, out: string[]) => boolean;

/** Splits `{a}-{b}.json` into its literal parts; parameters stand between them. */
export function compileSegment(literals: readonly string[]): ReadSegment {
  if (literals.length === 2 && literals[0] === "" && literals[1] === "") return readWhole;
  const [first = ""] = literals;
  return (segment, out) => {
    if (!segment.startsWith(first)) return false;
    const found: string[] = [];
    let at = first.length;
    for (let index = 1; index < literals.length; index += 1) {
      const literal = literals[index] as string;
      const next =
        index === literals.length - 1 ? lastAt(segment, literal) : segment.indexOf(literal, at + 1);
      if (next <= at) return false;
      found.push(segment.slice(at, next));
      at = next + literal.length;
    }
    out.push(...found);
    return true;
  };
}

const readWhole: ReadSegment = (segment, out) => {
  if (segment === "") return false;
  out.push(segment);
  return true;
};

/** Where a segment's last literal begins; -1 where it does not end with it. */
const lastAt = (segment: string, literal: string): number =>
  segment.endsWith(literal) ? segment.length - literal.length : -1;
