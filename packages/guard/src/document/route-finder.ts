import { isEnd, type LiteralBranch, type RouteNode, siblingsMayTake } from "./route-node.ts";

const slash = 0x2f;

const hashStep = (hash: number, code: number): number => (Math.imul(hash, 31) + code) | 0;

/**
 * Walks a path through the table, the concrete before the templated, with backtracking. One walks
 * for all requests, one after another. A segment is compared where it stands in the path: cut out to
 * be looked up, each id of a path would be copied, and kept by V8 among its names.
 */
export class RouteFinder<T> {
  readonly #root: RouteNode<T>;
  #path = "";
  #method: string | undefined;
  #out: string[] = [];
  /** Whether a segment of the last path could be a sibling's: the whole path is looked at then. */
  suspect = false;

  constructor(root: RouteNode<T>) {
    this.#root = root;
    hashLiterals(root);
  }

  /** Where the path ends. Without a method, anything that is offered counts. */
  find(path: string, method: string | undefined, out: string[]): RouteNode<T> | undefined {
    this.#path = path;
    this.#method = method;
    this.#out = out;
    this.suspect = false;
    return this.#from(this.#root, 1);
  }

  #from(node: RouteNode<T>, from: number): RouteNode<T> | undefined {
    const path = this.#path;
    if (from > path.length) return isEnd(node, this.#method) ? node : undefined;
    let end = from;
    let hash = 0;
    for (; end < path.length; end += 1) {
      const code = path.charCodeAt(end);
      if (code === slash) break;
      hash = hashStep(hash, code);
    }
    const literal = this.#literal(node, from, end, hash);
    const found = literal === undefined ? undefined : this.#from(literal, end + 1);
    if (found !== undefined || node.templates.length === 0) return found;
    return this.#templated(node, path.slice(from, end), end);
  }

  #literal(
    { byHash }: RouteNode<T>,
    from: number,
    end: number,
    hash: number,
  ): RouteNode<T> | undefined {
    const alike = byHash?.get(hash);
    if (alike === undefined) return undefined;
    for (const { node, text } of alike)
      if (text.length === end - from && this.#path.startsWith(text, from)) return node;
    return undefined;
  }

  #templated(node: RouteNode<T>, segment: string, end: number): RouteNode<T> | undefined {
    const out = this.#out;
    const { length } = out;
    for (const template of node.templates) {
      const found = template.read(segment, out) ? this.#from(template.node, end + 1) : undefined;
      if (found !== undefined) {
        if (node.siblings !== undefined && siblingsMayTake(node.siblings, segment, template))
          this.suspect = true;
        return found;
      }
      out.length = length;
    }
    return undefined;
  }
}

function hashLiterals<T>(node: RouteNode<T>): void {
  const byHash = new Map<number, LiteralBranch<T>[]>();
  for (const [text, next] of node.literals) {
    let hash = 0;
    for (let index = 0; index < text.length; index += 1)
      hash = hashStep(hash, text.charCodeAt(index));
    byHash.set(hash, [...(byHash.get(hash) ?? []), { text, node: next }]);
    hashLiterals(next);
  }
  if (byHash.size > 0) node.byHash = byHash;
  for (const { node: next } of node.templates) hashLiterals(next);
}
