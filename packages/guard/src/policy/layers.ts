import type { SourcePosition } from "../document/api-document.ts";
import type { SourceDocument } from "../document/read-document.ts";
import { type DocumentSet, isRecord } from "../document/references.ts";
import type { PolicyPath } from "./join-context.ts";

/** Lists that a layer adds to: a rule that is left out of it must not be lost by that. */
const growing: ReadonlySet<string> = new Set(["operations"]);

const isIndexes = (keys: readonly string[]): boolean =>
  keys.length > 0 && keys.every((key) => /^(?:0|[1-9]\d{0,4})$/.test(key));

/**
 * One policy laid over another, as one document in which every place knows its own file. Objects
 * are laid key by key. What else stands in `over` takes the place of what stood there, but entries
 * of `operations` are put behind, where later ones win; and an object whose keys are numbers is laid
 * over the elements of a list that have these indexes.
 */
export function layOver(
  base: SourceDocument,
  over: SourceDocument,
  set: DocumentSet,
): SourceDocument {
  const behind = new Map<string, number>();
  const lay = (below: unknown, above: unknown, path: PolicyPath): unknown => {
    const [root] = path;
    if (path.length === 1 && growing.has(root as string) && bothLists(below, above)) {
      behind.set(root as string, below.length);
      return [...below, ...(above as readonly unknown[])];
    }
    if (!isRecord(above)) return above;
    const keys = Object.keys(above);
    if (Array.isArray(below) && isIndexes(keys)) return layElements(below, above, path);
    if (!isRecord(below)) return above;
    const entries = new Map(Object.entries(below));
    for (const key of keys) entries.set(key, lay(entries.get(key), above[key], [...path, key]));
    return Object.fromEntries(entries);
  };
  const layElements = (
    below: readonly unknown[],
    above: Readonly<Record<string, unknown>>,
    path: PolicyPath,
  ): unknown => {
    const elements = [...below];
    for (const [key, value] of Object.entries(above)) {
      const index = Number(key);
      if (index < elements.length) elements[index] = lay(elements[index], value, [...path, key]);
      else
        set.fault(
          { document: over, path: [...path, key], value },
          `'${path.at(-1)}' has no element ${key} that something could be laid over`,
          { expected: `0${elements.length > 1 ? ` to ${elements.length - 1}` : ""}` },
        );
    }
    return elements;
  };
  const value = over.value === null ? base.value : lay(base.value, over.value, []);
  /** Where a place of the whole stands in the layer; undefined where it is another's. */
  const within = (path: PolicyPath): PolicyPath | undefined => {
    const [root, index, ...rest] = path;
    const from = behind.get(root ?? "");
    if (from === undefined || index === undefined) return path;
    const own = Number(index) - from;
    return own < 0 ? undefined : [root as string, String(own), ...rest];
  };
  const isOvers = (path: PolicyPath): boolean => {
    const [root] = path;
    if (root === undefined) return !isRecord(value);
    return (behind.has(root) && path.length > 1) || isCloser(over.value, base.value, path);
  };
  return {
    file: base.file,
    value,
    positionOf(path) {
      const own = within(path);
      const isOver = own !== undefined && isOvers(path);
      return isOver ? over.positionOf(own) : base.positionOf(path);
    },
  };
}

const bothLists = (below: unknown, above: unknown): below is readonly unknown[] =>
  Array.isArray(below) && Array.isArray(above);

function isCloser(over: unknown, base: unknown, path: PolicyPath): boolean {
  const reached = reach(over, path);
  return reached === path.length || reached > reach(base, path);
}

/** How many keys of the path are there. */
function reach(value: unknown, path: PolicyPath): number {
  let here = value;
  for (const [at, key] of path.entries()) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return at;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return path.length;
}

/** A value at a path, and who has said it. */
export type Said = readonly [path: PolicyPath, value: unknown, by: string];

/** What the environment and flags say, as a document whose places are named by who has said them. */
export function documentOf(said: readonly Said[]): SourceDocument {
  let value: unknown = {};
  for (const [path, one] of said) value = withValue(value, path, one);
  return {
    file: "(settings)",
    value,
    positionOf: (path): SourcePosition => {
      const by = said.findLast(([place]) => place.every((key, at) => path[at] === key));
      const near = by ?? said.find(([place]) => path.every((key, at) => place[at] === key));
      return { file: near?.[2] ?? "(settings)", line: 1, column: 1 };
    },
  };
}

function withValue(target: unknown, path: PolicyPath, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = isRecord(target) ? target : {};
  return {
    ...inner,
    [key]: withValue(Object.hasOwn(inner, key) ? inner[key] : undefined, rest, value),
  };
}
