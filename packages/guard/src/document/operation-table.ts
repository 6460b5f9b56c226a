/**
 * Finds the operation of a canonical path. Concrete segments win over templated ones (OpenAPI 3.1
 * section 4.8.8.2), with backtracking; segments are compared case by case; a HEAD is answered by
 * the GET of the same path unless declared.
 */
export interface OperationTable<T> {
  /** Appends the raw segments that stand for the template's parameters, in the template's order. */
  match(method: string, path: string, parametersOut: string[]): T | undefined;
  /** Methods offered at this path, for an Allow field; empty when there is nothing at all. */
  methodsAt(path: string): string[];
}

export interface OperationEntry<T> {
  readonly method: string;
  readonly pathTemplate: string;
  readonly value: T;
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  /** Templates with literal parts come first: they are the more concrete. */
  readonly templates: {
    readonly source: string;
    readonly read: (segment: string, out: string[]) => boolean;
    readonly node: Node<T>;
  }[];
  readonly methods: Map<string, T>;
}

const makeNode = <T>(): Node<T> => ({ literals: new Map(), templates: [], methods: new Map() });

/** Splits `{a}-{b}.json` into its literal parts; parameters stand between them. */
function compileSegment(source: string): (segment: string, out: string[]) => boolean {
  const literals = source.split(/\{[^{}]+\}/);
  if (literals.length === 2 && literals[0] === "" && literals[1] === "") {
    return (segment, out) => {
      if (segment === "") return false;
      out.push(segment);
      return true;
    };
  }
  const [first = ""] = literals;
  const last = literals.at(-1) ?? "";
  return (segment, out) => {
    if (!segment.startsWith(first)) return false;
    const found: string[] = [];
    let at = first.length;
    for (let index = 1; index < literals.length; index += 1) {
      const literal = literals[index] as string;
      const isLast = index === literals.length - 1;
      const next = isLast
        ? segment.endsWith(last)
          ? segment.length - last.length
          : -1
        : segment.indexOf(literal, at + 1);
      if (next <= at) return false;
      found.push(segment.slice(at, next));
      at = next + literal.length;
    }
    out.push(...found);
    return true;
  };
}

export function compileOperationTable<T>(entries: readonly OperationEntry<T>[]): OperationTable<T> {
  const root = makeNode<T>();
  for (const { method, pathTemplate, value } of entries) {
    let node = root;
    for (const segment of pathTemplate.slice(1).split("/")) {
      if (segment.includes("{")) {
        const source = segment.replaceAll(/\{[^{}]+\}/g, "{}");
        let branch = node.templates.find((template) => template.source === source);
        if (branch === undefined) {
          branch = { source, read: compileSegment(segment), node: makeNode<T>() };
          node.templates.push(branch);
          node.templates.sort((a, b) => b.source.length - a.source.length);
        }
        node = branch.node;
      } else {
        let next = node.literals.get(segment);
        if (next === undefined) node.literals.set(segment, (next = makeNode<T>()));
        node = next;
      }
    }
    if (!node.methods.has(method)) node.methods.set(method, value);
  }

  const find = (
    node: Node<T>,
    path: string,
    from: number,
    method: string | undefined,
    out: string[],
  ): Node<T> | undefined => {
    if (from > path.length)
      return method === undefined
        ? node.methods.size > 0
          ? node
          : undefined
        : offered(node, method) === undefined
          ? undefined
          : node;
    const slash = path.indexOf("/", from);
    const end = slash === -1 ? path.length : slash;
    const segment = path.slice(from, end);
    const literal = node.literals.get(segment);
    if (literal !== undefined) {
      const found = find(literal, path, end + 1, method, out);
      if (found !== undefined) return found;
    }
    const { length } = out;
    for (const template of node.templates) {
      if (template.read(segment, out)) {
        const found = find(template.node, path, end + 1, method, out);
        if (found !== undefined) return found;
      }
      out.length = length;
    }
    return undefined;
  };

  return {
    match(method, path, parametersOut) {
      const node = find(root, path, 1, method, parametersOut);
      return node === undefined ? undefined : offered(node, method);
    },
    methodsAt(path) {
      const node = find(root, path, 1, undefined, []);
      if (node === undefined) return [];
      const methods = [...node.methods.keys()];
      if (methods.includes("GET") && !methods.includes("HEAD")) methods.push("HEAD");
      return methods;
    },
  };
}

function offered<T>(node: Node<T>, method: string): T | undefined {
  return node.methods.get(method) ?? (method === "HEAD" ? node.methods.get("GET") : undefined);
}
