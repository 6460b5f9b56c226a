import { isRecord, type Located } from "./references.ts";

/** Where a link of an operation's answers leads, before it is known at which base it is served. */
export type Link =
  | { readonly operationId: string }
  | { readonly method: string; readonly path: string };

/**
 * Operations of the same document that the answers of one link to. Nothing is refused by them: a
 * link that leads elsewhere, or that cannot be read, is none.
 */
export function readLinks({ document, value }: Located): readonly Link[] {
  if (!isRecord(value)) return [];
  return Object.values(value).flatMap((response) => {
    const links = read(document.value, response)?.["links"];
    return isRecord(links)
      ? Object.values(links).flatMap((link) => linkOf(read(document.value, link)))
      : [];
  });
}

/** An operationId, or a key: links stay within the base that an operation is served at. */
export const nameOfLink = (link: Link, base: string): string =>
  "operationId" in link ? link.operationId : `${link.method} ${base}${link.path}`;

function linkOf(link: Record<string, unknown> | undefined): readonly Link[] {
  const { operationId, operationRef } = link ?? {};
  if (typeof operationId === "string") return [{ operationId }];
  const [, path, method] =
    typeof operationRef === "string"
      ? (/^#\/paths\/([^/]+)\/([a-z]+)$/.exec(operationRef) ?? [])
      : [];
  return path === undefined || method === undefined
    ? []
    : [{ method: method.toUpperCase(), path: unescaped(path) }];
}

/** The object itself, or the one that it refers to in the same file. */
function read(root: unknown, value: unknown): Record<string, unknown> | undefined {
  if (!isRecord(value)) return undefined;
  const reference = value["$ref"];
  if (typeof reference !== "string") return value;
  if (!reference.startsWith("#/")) return undefined;
  let at: unknown = root;
  for (const name of reference.slice(2).split("/"))
    at = isRecord(at) && Object.hasOwn(at, unescaped(name)) ? at[unescaped(name)] : undefined;
  return isRecord(at) ? at : undefined;
}

const unescaped = (token: string): string => token.replaceAll("~1", "/").replaceAll("~0", "~");
