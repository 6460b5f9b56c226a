import type { OperationTable } from "../document/operation-table.ts";
import { sentFields } from "../document/sent-parameters.ts";
import { mayHaveBody } from "../facts/header-fields.ts";
import { noRoom } from "../facts/held-bytes.ts";
import { holdBody } from "../facts/hold-body.ts";
import { methodProblems } from "../facts/method-problems.ts";
import { isRefusal, refuse, type Refusal } from "../facts/refusal.ts";
import type { MethodFrom } from "../policy/upstream-setting.ts";
import { isJson, readMediaType } from "../reading/media-type.ts";
import { readPairs } from "../reading/query-pairs.ts";
import { twinParameter } from "../reading/write-media-type.ts";
import { takeFromBody } from "./tunnelled-body.ts";
import type { Exchange } from "./exchange.ts";

/** Where a POST for each operation names the method that it stands for, by its place. */
export type Tunnels = readonly (MethodFrom | undefined)[];

/** A method that was said, or undefined where none was. */
type Said = string | undefined | Refusal;

/** What a POST may stand for. The others are not for requests with bodies. */
const tunnelled = ["PUT", "PATCH", "DELETE", "GET"] as const;
/** What is held before the operation is known. */
const mostHeldBytes = 1_048_576;
const mostPairs = 500;

const ambiguous = (detail: string): Refusal =>
  refuse(methodProblems["method-ambiguous"], { detail });

/**
 * The method that a POST stands for, where the policy says that the backends of this path are told
 * so. Undefined where it stands for itself.
 */
export function methodSaid(
  exchange: Exchange,
  table: OperationTable<number>,
  tunnels: Tunnels,
): Said | Promise<Said> {
  const from = tunnelAt(exchange.path, table, tunnels);
  if (from === undefined) return undefined;
  if (from.in === "body") return inBody(exchange, from);
  const said = from.in === "query" ? inQuery(exchange, from) : inField(exchange, from);
  return typeof said === "object" ? said : methodOf(said, from);
}

/** Where the backends of this path are told, whichever of its methods is meant. */
function tunnelAt(
  path: string,
  table: OperationTable<number>,
  tunnels: Tunnels,
): MethodFrom | undefined {
  for (const method of [...tunnelled, "POST"]) {
    const found = table.match(method, path, []);
    const from = found === undefined ? undefined : tunnels[found.value];
    if (from !== undefined) return from;
  }
  return undefined;
}

function methodOf(said: string | undefined, { in: place, name }: MethodFrom): Said {
  if (said === undefined) return undefined;
  const method = said.toUpperCase();
  if (method === "POST") return undefined;
  return (
    tunnelled.find((one) => one === method) ??
    ambiguous(`${place}.${name} names no method that may be tunnelled`)
  );
}

function inQuery({ query }: Exchange, { name }: MethodFrom): Said {
  if (query === "") return undefined;
  const pairs = readPairs(query, mostPairs);
  if (pairs === undefined) return ambiguous("the query cannot be read in one way");
  const values = pairs.filter((pair) => pair.name === name);
  return values.length > 1 ? ambiguous(`${name} was sent more than once`) : values[0]?.value;
}

/** The field is dropped from what anybody sends, and goes on from here with what was judged. */
function inField({ arrival, forwardFields }: Exchange, { name }: MethodFrom): Said {
  const lower = name.toLowerCase();
  const values = sentFields(arrival.rawHeaders, (one) => one === lower);
  if (values.length > 1) return ambiguous(`the field ${name} was sent more than once`);
  const value = values[0]?.value.trim();
  if (value === undefined) return undefined;
  for (let index = forwardFields.length - 2; index >= 0; index -= 2)
    if ((forwardFields[index] as string).toLowerCase() === lower) forwardFields.splice(index, 2);
  forwardFields.push(name, value);
  return value;
}

async function inBody(exchange: Exchange, from: MethodFrom): Promise<Said> {
  if (!mayHaveBody(exchange)) return undefined;
  const { contentEncoding, contentType = "" } = exchange.fields;
  const kind = kindOf(contentType);
  if (kind === undefined) return undefined;
  if (kind === "unclear")
    return ambiguous("the content type of the body has more than one reading");
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== "identity")
    return ambiguous("the body that may name a method is encoded");
  const held = await holdBody(exchange, mostHeldBytes);
  if (held === "no room") return noRoom();
  if (held !== "held")
    return ambiguous(`the body that may name a method is ${held} (${mostHeldBytes} bytes)`);
  const taken = takeFromBody(exchange.bodyBytes as Buffer, kind === "json", from.name);
  if (typeof taken === "string") return ambiguous(taken);
  if (taken === undefined) return undefined;
  const method = methodOf(taken.said, from);
  if (method === undefined || (typeof method === "object" && isRefusal(method))) return method;
  exchange.bodyBytes = taken.rest;
  exchange.methodInBody = { contentType, putBack: taken.putBack };
  exchange.fields.contentLength = String(taken.rest.length);
  exchange.fields.transferEncoding = undefined;
  return method;
}

/**
 * Which body may name a method. One whose type only some programs take for it would name it for
 * some of them only.
 */
function kindOf(contentType: string): "json" | "form" | "unclear" | undefined {
  if (!/x-www-form-urlencoded|json/i.test(contentType)) return undefined;
  const type = readMediaType(contentType);
  if (type === undefined || twinParameter(type) !== undefined) return "unclear";
  const charset = type.parameters.get("charset");
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return "unclear";
  if (isJson(type)) return "json";
  return type.type === "application" && type.subtype === "x-www-form-urlencoded"
    ? "form"
    : "unclear";
}
