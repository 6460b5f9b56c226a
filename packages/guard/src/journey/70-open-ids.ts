import { idOf, type IdSealer } from "../authorization/sealed-ids.ts";
import type { Check } from "../exchange.ts";
import { linkMark, type SealedPlan } from "../policy/plan.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { JourneyExchange } from "./step.ts";

/** Sealed ids of the whole plan, with what opens and seals them. */
export interface IdSealing {
  readonly plan: SealedPlan;
  readonly sealer: IdSealer;
  /** Whether an app version may still send raw ids of this kind. */
  readonly rawAllowed: (kind: string, appVersion: string | undefined) => boolean;
  /** Finds the path template of any operation that a link leads to, with its parameters' raw segments. */
  readonly templateOf: (path: string, parameters: string[]) => string | undefined;
  /** For whom: the value of the kind's claim; nobody in particular where nobody signed in; undefined where the token does not say. */
  readonly readerOf: (kind: string, exchange: JourneyExchange) => string | undefined;
}

const notOpened = (what: string): Refusal => refuse("object-not-yours", { detail: `the sealed id of ${what} does not open for this caller` });

/** What stands in one place, opened: the id, the raw id where it is allowed, or the refusal. */
function openOne(sealing: IdSealing, exchange: JourneyExchange, kind: string, text: string, what: string): { readonly id: string | number } | Refusal {
  const reader = sealing.readerOf(kind, exchange);
  if (reader === undefined) return notOpened(what);
  const id = sealing.sealer.open(kind, reader, text);
  if (id !== undefined) return { id };
  return sealing.rawAllowed(kind, exchange.appVersion) ? { id: text } : notOpened(what);
}

/** Step 70, before the parameters are validated: handles in path and query become the ids they stand for, which is what every later step and the backend see. */
export function prepareOpenIds(sealing: IdSealing, template: string, queryNames: readonly string[]): Check<JourneyExchange> | undefined {
  const { parameters } = sealing.plan;
  const kindOf = (name: string): string | undefined => (Object.hasOwn(parameters, name) ? parameters[name] : undefined);
  const literals = template.split(/\{[^{}]+\}/);
  const inPath = [...template.matchAll(/\{([^{}]+)\}/g)].flatMap((match, index) => {
    const kind = kindOf(match[1] as string);
    return kind === undefined ? [] : [{ index, kind, name: match[1] as string }];
  });
  const inQuery = new Map(queryNames.flatMap((name) => (kindOf(name) === undefined ? [] : [[name, kindOf(name) as string] as const])));
  if (inPath.length === 0 && inQuery.size === 0) return undefined;
  return (exchange) => {
    let refused: Refusal | undefined;
    for (const { index, kind, name } of inPath) {
      const opened = openOne(sealing, exchange, kind, decodeURIComponent(exchange.pathParameters[index] ?? ""), name);
      if ("code" in opened) refused ??= opened;
      else exchange.pathParameters[index] = encodeURIComponent(String(opened.id));
    }
    if (inPath.length > 0) exchange.path = literals.map((literal, index) => `${literal}${index < literals.length - 1 ? (exchange.pathParameters[index] ?? "") : ""}`).join("");
    if (inQuery.size > 0 && exchange.query !== "") {
      exchange.query = exchange.query
        .split("&")
        .map((pair) => {
          const equals = pair.indexOf("=");
          const kind = inQuery.get(equals === -1 ? pair : pair.slice(0, equals));
          if (kind === undefined) return pair;
          const opened = openOne(sealing, exchange, kind, equals === -1 ? "" : pair.slice(equals + 1), pair.slice(0, equals));
          if (!("code" in opened)) return `${pair.slice(0, equals)}=${encodeURIComponent(String(opened.id))}`;
          refused ??= opened;
          return pair;
        })
        .join("&");
    }
    return refused;
  };
}

/** Opens what stands at marked properties of a body; `refusal` says that one did not. */
export function bodyOpener(sealing: IdSealing, exchange: JourneyExchange): { readonly replace: (kind: string, value: unknown) => unknown; refusal: Refusal | undefined } {
  const opener: { replace: (kind: string, value: unknown) => unknown; refusal: Refusal | undefined } = {
    refusal: undefined,
    replace(kind, value) {
      if (kind === linkMark) return value;
      if (typeof value !== "string") {
        // A raw number, where the app was given a handle.
        if (!sealing.rawAllowed(kind, exchange.appVersion)) opener.refusal ??= notOpened(`the body (${kind})`);
        return value;
      }
      const opened = openOne(sealing, exchange, kind, value, `the body (${kind})`);
      if (!("code" in opened)) return opened.id;
      opener.refusal ??= opened;
      return value;
    },
  };
  return opener;
}

/** Seals what stands at marked properties of an answer. What is no id is not shown at all: it could be anything. */
export function answerSealer(sealing: IdSealing, exchange: JourneyExchange): (kind: string, value: unknown) => string | null {
  return (kind, value) => {
    // A link that cannot be read as one could hold an id anywhere: it is not shown.
    if (kind === linkMark) return typeof value === "string" ? sealLink(sealing, exchange, value) : null;
    const exact = typeof value === "object" && value !== null && "rawJSON" in value ? String(value.rawJSON) : undefined;
    const id = exact ?? idOf(value);
    const reader = sealing.readerOf(kind, exchange);
    return id === undefined || reader === undefined ? null : sealing.sealer.seal(kind, reader, id);
  };
}

/** Seals the ids in a link to an operation of the API: a `Location` would tell the raw id that the body hides. */
export function sealLink(sealing: IdSealing, exchange: JourneyExchange, link: string): string {
  const match = /^((?:https?:\/\/[^/?#]+)?)(\/[^?#]*)(.*)$/i.exec(link);
  if (match === null) return link.startsWith("?") ? sealQuery(link, sealing.plan.parameters, answerSealer(sealing, exchange)) : link;
  const [, origin = "", path = "", rest = ""] = match;
  const segments: string[] = [];
  const template = sealing.templateOf(path, segments);
  if (template === undefined) return link;
  const names = [...template.matchAll(/\{([^{}]+)\}/g)].map((found) => found[1] as string);
  const { parameters } = sealing.plan;
  const seal = answerSealer(sealing, exchange);
  const sealed = names.map((name, index) => {
    const segment = segments[index] ?? "";
    const kind = Object.hasOwn(parameters, name) ? (parameters[name] as string) : undefined;
    return kind === undefined ? segment : (seal(kind, decoded(segment)) ?? "");
  });
  return `${origin}${template.split(/\{[^{}]+\}/).map((literal, index) => `${literal}${sealed[index] ?? ""}`).join("")}${sealQuery(rest, parameters, seal)}`;
}

/** Ids among the parameters of a link: what stands behind the path would tell what the path hides. */
function sealQuery(rest: string, parameters: Readonly<Record<string, string>>, seal: (kind: string, value: unknown) => string | null): string {
  const [query = "", fragment] = rest.split("#", 2);
  if (!query.startsWith("?")) return rest;
  const pairs = query.slice(1).split("&").map((pair) => {
    const equals = pair.indexOf("=");
    const name = decoded(equals === -1 ? pair : pair.slice(0, equals));
    if (equals === -1 || !Object.hasOwn(parameters, name)) return pair;
    return `${pair.slice(0, equals)}=${seal(parameters[name] as string, decoded(pair.slice(equals + 1).replaceAll("+", " "))) ?? ""}`;
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
