import type { RouteReading } from "./dialects.ts";
import type { OperationEntry, Route } from "./operation-table.ts";
import { readTemplate } from "./path-template.ts";
import { plainSegment, someCut } from "./segment-spelling.ts";
import { compileSegment, type ReadSegment } from "./segment-template.ts";

/** A place in the table: what follows here, and what is offered where a path ends here. */
export interface RouteNode<T> {
  readonly literals: Map<string, RouteNode<T>>;
  /** The same by the hashes of their texts; undefined for none. */
  byHash: ReadonlyMap<number, readonly LiteralBranch<T>[]> | undefined;
  /** Templates with literal parts come first: they are the more concrete. */
  readonly templates: TemplateBranch<T>[];
  readonly methods: Map<string, RouteAt<T>>;
  /** What a segment that a template takes could be by another spelling; undefined for nothing. */
  siblings: Siblings | undefined;
}

export interface LiteralBranch<T> {
  readonly text: string;
  readonly node: RouteNode<T>;
}

export interface TemplateBranch<T> {
  /** `{}-{}.json` */
  readonly source: string;
  readonly literals: readonly string[];
  readonly read: ReadSegment;
  readonly node: RouteNode<T>;
}

/** A route, and how the router of its backend reads. */
export interface RouteAt<T> extends Route<T> {
  /** Undefined where the backend reads as the document says. */
  readonly reading: RouteReading | undefined;
}

/** The siblings of a template at one place, in the spelling that all routers share. */
interface Siblings {
  readonly plain: ReadonlySet<string>;
  /** Templates with literal parts, by what they were written as. */
  readonly templates: readonly { readonly source: string; readonly read: ReadSegment }[];
  /** Some router takes whatever begins as a sibling does. */
  readonly byPrefix: boolean;
}

const newNode = <T>(): RouteNode<T> => ({
  literals: new Map(),
  byHash: undefined,
  templates: [],
  methods: new Map(),
  siblings: undefined,
});

export function makeNode<T>(entries: readonly OperationEntry<T>[]): RouteNode<T> {
  const root = newNode<T>();
  for (const { method, pathTemplate, reading, value } of entries) {
    let node = root;
    for (const segment of pathTemplate.slice(1).split("/")) node = follow(node, segment);
    const readsMore = reading !== undefined && Object.values(reading).includes(true);
    if (!node.methods.has(method))
      node.methods.set(
        method,
        Object.freeze({ value, takenFor: undefined, reading: readsMore ? reading : undefined }),
      );
  }
  const readings = entries.flatMap(({ reading }) => reading ?? []);
  if (readings.some((one) => Object.values(one).includes(true)))
    noteSiblings(
      root,
      readings.some(({ prefix }) => prefix),
    );
  return root;
}

/** The node behind a segment of a template, which is made where there is none. */
function follow<T>(node: RouteNode<T>, segment: string): RouteNode<T> {
  if (!segment.includes("{")) {
    let next = node.literals.get(segment);
    if (next === undefined) node.literals.set(segment, (next = newNode<T>()));
    return next;
  }
  const { literals } = readTemplate(segment);
  const source = literals.join("{}");
  let branch = node.templates.find((template) => template.source === source);
  if (branch === undefined) {
    branch = { source, literals, read: compileSegment(literals), node: newNode<T>() };
    node.templates.push(branch);
    node.templates.sort((a, b) => b.source.length - a.source.length);
  }
  return branch.node;
}

function noteSiblings<T>(node: RouteNode<T>, byPrefix: boolean): void {
  const concrete = node.templates.filter(({ source }) => source !== "{}");
  if (node.templates.length > 0 && node.literals.size + concrete.length > 0)
    node.siblings = {
      plain: new Set([...node.literals.keys()].map(plainSegment)),
      templates: concrete.map(({ literals, source }) => ({
        source,
        read: compileSegment(literals.map(plainSegment)),
      })),
      byPrefix,
    };
  for (const child of node.literals.values()) noteSiblings(child, byPrefix);
  for (const { node: child } of node.templates) noteSiblings(child, byPrefix);
}

/**
 * Whether some router could take a segment, which this template has taken, for a sibling of it.
 * Asked at every request that comes by here: false is the answer to nearly all of them.
 */
export function siblingsMayTake(
  { byPrefix, plain, templates }: Siblings,
  segment: string,
  { source }: { readonly source: string },
): boolean {
  const text = plainSegment(segment);
  if (someCut(text, (part) => plain.has(part))) return true;
  if (byPrefix) for (const literal of plain) if (text.startsWith(literal)) return true;
  for (const one of templates)
    if (one.source !== source && someCut(text, (part) => one.read(part, []))) return true;
  return false;
}

/** Whether a path may end here; without a method, with any. */
export const isEnd = <T>(node: RouteNode<T>, method: string | undefined): boolean =>
  method === undefined ? node.methods.size > 0 : offered(node, method) !== undefined;

export const offered = <T>({ methods }: RouteNode<T>, method: string): RouteAt<T> | undefined =>
  methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined);
