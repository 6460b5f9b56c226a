import { fillTemplate } from "../../document/path-template.ts";
import { idOf } from "./id-sealer.ts";
import { linkMark } from "./plan.ts";
import type { ReaderFacts, Sealing } from "./sealing.ts";

/** Seals what stands in one place; null for what is no id and must not be shown. */
export type SealOne = (kind: string, value: unknown) => string | null;

/**
 * Seals what stands at marked properties of an answer. What is no id is not shown at all: it could
 * be anything.
 */
export function compileSealOne(sealing: Sealing, known: ReaderFacts): SealOne {
  return (kind, value) => {
    // A link that cannot be read as one could hold an id anywhere: it is not shown.
    if (kind === linkMark)
      return typeof value === "string" ? sealLink(sealing, known, value) : null;
    const id = exactOf(value) ?? idOf(value);
    const reader = sealing.readerOf(kind, known);
    return id === undefined || reader === undefined ? null : sealing.sealer.seal(kind, reader, id);
  };
}

/** A number that was kept as it was written. */
const exactOf = (value: unknown): string | undefined =>
  typeof value === "object" && value !== null && "rawJSON" in value
    ? String(value.rawJSON)
    : undefined;

/**
 * Seals the ids in a link to an operation of the API: a `Location` would tell the raw id that the
 * body hides.
 */
export function sealLink(sealing: Sealing, known: ReaderFacts, link: string): string {
  const seal = compileSealOne(sealing, known);
  const { parameters } = sealing.plan;
  const match = /^((?:https?:\/\/[^/?#]+)?)(\/[^?#]*)(.*)$/i.exec(link);
  if (match === null) return link.startsWith("?") ? sealQuery(link, parameters, seal) : link;
  const [, origin = "", path = "", rest = ""] = match;
  const segments: string[] = [];
  const template = sealing.templateOf(path, segments);
  if (template === undefined) return link;
  const sealed = template.names.map((name, index) => {
    const segment = segments[index] ?? "";
    const kind = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return kind === undefined ? segment : (seal(kind, decoded(segment)) ?? "");
  });
  return `${origin}${fillTemplate(template, sealed)}${sealQuery(rest, parameters, seal)}`;
}

/** Ids among the parameters of a link: behind the path they would tell what the path hides. */
function sealQuery(
  rest: string,
  parameters: Readonly<Record<string, string>>,
  seal: SealOne,
): string {
  const [query = "", fragment] = rest.split("#", 2);
  if (!query.startsWith("?")) return rest;
  const pairs = query
    .slice(1)
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = decoded(equals === -1 ? pair : pair.slice(0, equals));
      if (equals === -1 || !Object.hasOwn(parameters, name)) return pair;
      const value = decoded(pair.slice(equals + 1).replaceAll("+", " "));
      return `${pair.slice(0, equals)}=${seal(parameters[name] as string, value) ?? ""}`;
    });
  return `?${pairs.join("&")}${fragment === undefined ? "" : `#${fragment}`}`;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
