import { idOf, type IdSealer } from "../authorization/sealed-ids.ts";
import type { Check } from "../exchange.ts";
import { plainName } from "../names-alike.ts";
import type { Operation, SchemaRegistry } from "../operation.ts";
import { listSeparator, parameterNames } from "../policy/plan-request-place.ts";
import { readPairs } from "../query-pairs.ts";
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

export const notOpened = (what: string): Refusal => refuse("object-not-yours", { detail: `the sealed id of ${what} does not open for this caller` });

/** What stands in one place, opened: the id, the raw id where it is allowed, or the refusal. */
function openOne(sealing: IdSealing, exchange: JourneyExchange, kind: string, text: string, what: string): { readonly id: string | number } | Refusal {
  const reader = sealing.readerOf(kind, exchange);
  if (reader === undefined) return notOpened(what);
  const id = sealing.sealer.open(kind, reader, text);
  if (id !== undefined) return { id };
  return sealing.rawAllowed(kind, exchange.appVersion) ? { id: text } : notOpened(what);
}

/** What stands in one parameter, where it may be a list of ids. */
function openAll(sealing: IdSealing, exchange: JourneyExchange, { kind, name, separator }: SealedParameter, text: string): string | Refusal {
  const ids: string[] = [];
  for (const one of separator === undefined ? [text] : text.split(separator)) {
    const opened = openOne(sealing, exchange, kind, one, name);
    if ("code" in opened) return opened;
    ids.push(String(opened.id));
  }
  return separator === undefined ? encodeURIComponent(ids[0] as string) : ids.map(encodeURIComponent).join(separator === " " ? "%20" : separator);
}

interface SealedParameter {
  readonly name: string;
  readonly kind: string;
  readonly separator: string | undefined;
}

/** Step 70, before the parameters are validated: handles in path and query become the ids they stand for, which is what every later step and the backend see. */
export function prepareOpenIds(sealing: IdSealing, { parameters, pathTemplate }: Operation, schemas: SchemaRegistry): Check<JourneyExchange> | undefined {
  const sealed = (location: "path" | "query", name: string): SealedParameter | undefined => {
    const kind = Object.hasOwn(sealing.plan.parameters, name) ? sealing.plan.parameters[name] : undefined;
    const declared = parameters.find((parameter) => parameter.in === location && parameter.name === name);
    return kind === undefined ? undefined : { name, kind, separator: declared === undefined ? undefined : listSeparator(declared, schemas) };
  };
  const literals = pathTemplate.split(/\{[^{}]+\}/);
  const inPath = parameterNames(pathTemplate).flatMap((name, index) => {
    const parameter = sealed("path", name);
    return parameter === undefined ? [] : [{ index, parameter }];
  });
  const inQuery = new Map(parameters.flatMap((parameter) => {
    const one = parameter.in === "query" ? sealed("query", parameter.name) : undefined;
    return one === undefined ? [] : [[plainName(one.name), one] as const];
  }));
  if (inPath.length === 0 && inQuery.size === 0) return undefined;
  return (exchange) => {
    let refused: Refusal | undefined;
    for (const { index, parameter } of inPath) {
      const opened = openAll(sealing, exchange, parameter, decodeURIComponent(exchange.pathParameters[index] ?? ""));
      if (typeof opened === "string") exchange.pathParameters[index] = opened;
      else refused ??= opened;
    }
    if (inPath.length > 0) exchange.path = literals.map((literal, index) => `${literal}${index < literals.length - 1 ? (exchange.pathParameters[index] ?? "") : ""}`).join("");
    if (inQuery.size > 0 && exchange.query !== "") {
      const opened = openQuery(sealing, exchange, inQuery);
      if (typeof opened === "string") exchange.query = opened;
      else refused ??= opened;
    }
    return refused;
  };
}

/** The rest of the query stays as it was sent. A name in another spelling, escaped or not, could bring a raw id past the seal. */
function openQuery(sealing: IdSealing, exchange: JourneyExchange, sealed: ReadonlyMap<string, SealedParameter>): string | Refusal {
  const parts: string[] = [];
  for (const part of exchange.query.split("&")) {
    const [pair] = readPairs(part, 1) ?? [];
    if (pair === undefined) {
      // An empty part says nothing; one that cannot be read could say anything.
      if (part !== "") return notOpened("the query");
      continue;
    }
    const parameter = sealed.get(plainName(pair.name));
    if (parameter === undefined) {
      parts.push(part);
      continue;
    }
    if (parameter.name !== pair.name) return notOpened(`the query, as '${pair.name.slice(0, 40)}'`);
    const opened = openAll(sealing, exchange, parameter, pair.value);
    if (typeof opened !== "string") return opened;
    parts.push(`${encodeURIComponent(parameter.name)}=${opened}`);
  }
  return parts.join("&");
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
