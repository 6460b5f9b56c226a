import type { RouteReading } from "./dialects.ts";
import { isEnd, offered, type RouteNode } from "./route-node.ts";
import { compileSegmentReading, type SegmentReading } from "./segment-spelling.ts";
import { compileSegment } from "./segment-template.ts";

/**
 * What a router that reads so finds at a path. It prefers the concrete to the templated as the
 * document does, and the document's own spelling to any other. Not for the usual request: only
 * paths that could be something else are looked at so.
 */
export function findAsRouter<T>(
  root: RouteNode<T>,
  path: string,
  method: string,
  reading: RouteReading,
): RouteNode<T> | undefined {
  const segments = path.slice(1).split("/");
  if (reading.trailingSlash && segments.length > 1 && segments.at(-1) === "") segments.pop();
  const walk: Walk = {
    ...compileSegmentReading(reading),
    reading,
    segments,
    method: reading.methodLast ? undefined : method,
  };
  return follow(root, 0, walk);
}

/** The operation at a node for a method; where it has none of that method, any. */
export const operationAt = <T>(node: RouteNode<T>, method: string): T | undefined =>
  (offered(node, method) ?? [...node.methods.values()][0])?.value;

interface Walk extends SegmentReading {
  readonly reading: RouteReading;
  readonly segments: readonly string[];
  /** Undefined where the path alone chooses. */
  readonly method: string | undefined;
}

function follow<T>(node: RouteNode<T>, at: number, walk: Walk): RouteNode<T> | undefined {
  const segment = walk.segments[at];
  if (segment === undefined) return endOf(node, walk);
  const exact = node.literals.get(segment);
  const found = exact === undefined ? undefined : follow(exact, at + 1, walk);
  if (found !== undefined) return found;
  const text = walk.plain(segment);
  return followLiterals(node, text, at, walk) ?? followTemplates(node, segment, text, at, walk);
}

function endOf<T>(node: RouteNode<T>, { method, reading }: Walk): RouteNode<T> | undefined {
  if (isEnd(node, method)) return node;
  const slashed = reading.trailingSlash ? node.literals.get("") : undefined;
  return slashed !== undefined && isEnd(slashed, method) ? slashed : undefined;
}

function followLiterals<T>(
  node: RouteNode<T>,
  text: string,
  at: number,
  walk: Walk,
): RouteNode<T> | undefined {
  for (const [literal, next] of node.literals) {
    const known = walk.plain(literal);
    if (known !== "" && walk.some(text, (part) => part === known)) {
      const found = follow(next, at + 1, walk);
      if (found !== undefined) return found;
    }
    if (walk.reading.prefix && known !== "" && text.startsWith(known) && isEnd(next, walk.method))
      return next;
  }
  return undefined;
}

function followTemplates<T>(
  node: RouteNode<T>,
  segment: string,
  text: string,
  at: number,
  walk: Walk,
): RouteNode<T> | undefined {
  for (const { literals, node: next, read } of node.templates) {
    const asRouter = compileSegment(literals.map(walk.plain));
    if (!read(segment, []) && !walk.some(text, (part) => asRouter(part, []))) continue;
    const found = follow(next, at + 1, walk);
    if (found !== undefined) return found;
  }
  return undefined;
}
