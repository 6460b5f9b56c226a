/** Texts of repeated parts are as short as the pattern lets them be, but not empty. */
const fewest = (quantifier: string): number => {
  if (quantifier === "" || quantifier === "+" || quantifier === "*" || quantifier === "?") return 1;
  return Number(/^\{(\d+)/.exec(quantifier)?.[1] ?? 1);
};

const part =
  /(\\.|\[(?:\\.|[^\]\\])+\]|\((?:\?:)?[^()]*\)|\.|[^\\[\](){}*+?|^$])(\{\d+(?:,\d*)?\}|[*+?])?/gy;
const classes: Readonly<Record<string, string>> = {
  d: "1",
  w: "a",
  s: " ",
  D: "a",
  W: "-",
  S: "a",
};

/**
 * A text that fits a plain pattern: one part behind another, such as `^[A-Z]{2}\d+$`. Undefined for
 * patterns that are not plain.
 */
export function exampleOfPattern(pattern: string): string | undefined {
  const inner = pattern.replace(/^\^/, "").replace(/\$$/, "");
  const text = writtenOut(inner);
  try {
    return text !== undefined && new RegExp(pattern, "u").test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function writtenOut(pattern: string): string | undefined {
  const [alternative = ""] = pattern.split("|");
  const chosen = /^[^()[\]]*\|/.test(pattern) ? alternative : pattern;
  let text = "";
  let end = 0;
  for (const match of chosen.matchAll(part)) {
    const [whole, one = "", quantifier = ""] = match;
    const written = partOf(one);
    if (written === undefined) return undefined;
    text += written.repeat(fewest(quantifier));
    end = match.index + whole.length;
  }
  return end === chosen.length ? text : undefined;
}

function partOf(one: string): string | undefined {
  if (one.startsWith("(")) {
    const [first = ""] = one.replace(/^\((?:\?:)?|\)$/g, "").split("|");
    return writtenOut(first);
  }
  if (one.startsWith("\\")) return classes[one[1] as string] ?? one[1];
  if (one === ".") return "a";
  if (!one.startsWith("[")) return one;
  const all = new RegExp(one, "u");
  return ["a", "A", "1", "-", "_", ".", " "].find((character) => all.test(character));
}
