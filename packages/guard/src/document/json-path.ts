/** A place that a path selects: the object or list that holds it, and under which name. */
export interface Selected {
  readonly parent: Record<string, unknown> | unknown[] | undefined;
  readonly key: string;
  readonly value: unknown;
}

type Step = (node: Selected) => readonly Selected[];

/**
 * Selects places of a document by a JSONPath (RFC 9535) of those parts that overlays use: names,
 * indexes, wildcards, descendants, and filters that compare a member with a text, number or flag.
 *
 * @throws SyntaxError where the path has other parts
 */
export function selectByPath(root: unknown, path: string): readonly Selected[] {
  let selected: readonly Selected[] = [{ parent: undefined, key: "", value: root }];
  for (const step of readSteps(path)) selected = selected.flatMap(step);
  return selected;
}

function readSteps(path: string): Step[] {
  if (!path.startsWith("$")) throw new SyntaxError("it does not begin with $");
  const steps: Step[] = [];
  let rest = path.slice(1);
  while (rest !== "") {
    const descends = rest.startsWith("..");
    const read = readStep(descends ? rest.slice(rest[2] === "[" ? 2 : 1) : rest);
    if (read === undefined) throw new SyntaxError(`'${rest}' is not understood`);
    if (descends) steps.push(descendants);
    steps.push(read.step);
    rest = read.rest;
  }
  return steps;
}

function readStep(text: string): { readonly step: Step; readonly rest: string } | undefined {
  const named = /^\.([A-Za-z_][A-Za-z0-9_-]*|\*)/.exec(text);
  if (named !== null) {
    const name = named[1] as string;
    return {
      step: name === "*" ? children : (node) => member(node, name),
      rest: text.slice(named[0].length),
    };
  }
  if (!text.startsWith("[")) return undefined;
  const end = bracketEnd(text);
  const step = end === undefined ? undefined : readBracket(text.slice(1, end).trim());
  return step === undefined ? undefined : { step, rest: text.slice((end as number) + 1) };
}

/** Where the bracket that begins the text ends; brackets in quotes do not count. */
function bracketEnd(text: string): number | undefined {
  let quote: string | undefined;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] as string;
    if (quote !== undefined) {
      if (character === "\\") index += 1;
      else if (character === quote) quote = undefined;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "[") depth += 1;
    else if (character === "]") {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return undefined;
}

const quotedName = /^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")$/;
const unquoted = (text: string): string | undefined => {
  const match = quotedName.exec(text);
  return match === null ? undefined : (match[1] ?? match[2] ?? "").replaceAll(/\\(.)/g, "$1");
};

function readBracket(inside: string): Step | undefined {
  if (inside === "*") return children;
  if (/^\d+$/.test(inside)) return (node) => member(node, inside);
  if (inside.startsWith("?")) return readFilter(inside.slice(1).trim());
  const names = inside.split(/,(?=\s*['"])/).map((one) => unquoted(one.trim()));
  return names.some((name) => name === undefined)
    ? undefined
    : (node) => (names as string[]).flatMap((name) => member(node, name));
}

const comparison =
  /^@((?:\.[A-Za-z_][A-Za-z0-9_-]*|\[(?:'[^']*'|"[^"]*")\])+)(?:\s*(==|!=)\s*('[^']*'|"[^"]*"|-?\d+(?:\.\d+)?|true|false|null))?$/;

/** `?@.name == 'value'`, `?(@.name)`, and several of them joined by `&&`. */
function readFilter(text: string): Step | undefined {
  const whole = /^\((.*)\)$/.exec(text)?.[1] ?? text;
  const tests = whole.split("&&").map((one) => readComparison(one.trim()));
  if (tests.some((one) => one === undefined)) return undefined;
  return (node) =>
    children(node).filter(({ value }) => (tests as Test[]).every((holds) => holds(value)));
}

type Test = (value: unknown) => boolean;

function readComparison(text: string): Test | undefined {
  const match = comparison.exec(text);
  if (match === null) return undefined;
  const [, place = "", sign, wanted] = match;
  const names = [...place.matchAll(/\.([A-Za-z0-9_-]+)|\['([^']*)'\]|\["([^"]*)"\]/g)].map(
    ([, plain, single, double]) => plain ?? single ?? double ?? "",
  );
  const expected =
    wanted === undefined ? undefined : (unquoted(wanted) ?? (JSON.parse(wanted) as unknown));
  return (value) => {
    let found: readonly Selected[] = [{ parent: undefined, key: "", value }];
    for (const name of names) found = found.flatMap((node) => member(node, name));
    if (sign === undefined) return found.length > 0;
    return (found.length > 0 && found[0]?.value === expected) === (sign === "==");
  };
}

type Holder = Record<string, unknown> | unknown[];
const isHolder = (value: unknown): value is Holder => typeof value === "object" && value !== null;

function member({ value }: Selected, key: string): readonly Selected[] {
  return isHolder(value) && Object.hasOwn(value, key)
    ? [{ parent: value, key, value: (value as Record<string, unknown>)[key] }]
    : [];
}

const children: Step = (node) =>
  isHolder(node.value) ? Object.keys(node.value).flatMap((key) => member(node, key)) : [];

const descendants: Step = (node) => [node, ...children(node).flatMap(descendants)];
