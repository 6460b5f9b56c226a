import { isEnd, type RouteNode, siblingsMayTake } from "./route-node.ts";

/**
 * Walks a path through the table, the concrete before the templated, with backtracking. One walks
 * for all requests, one after another, so that a walk allocates nothing.
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
    const slash = path.indexOf("/", from);
    const end = slash === -1 ? path.length : slash;
    const segment = path.slice(from, end);
    const literal = node.literals.get(segment);
    const found = literal === undefined ? undefined : this.#from(literal, end + 1);
    return found ?? this.#templated(node, segment, end);
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
