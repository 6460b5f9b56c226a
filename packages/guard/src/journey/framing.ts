import type { OperationTable } from "../document/operation-table.ts";
import { sentFields } from "../document/sent-parameters.ts";
import { mayHaveBody } from "../facts/header-fields.ts";
import { noRoom } from "../facts/held-bytes.ts";
import { holdBody } from "../facts/hold-body.ts";
import { methodProblems } from "../facts/method-problems.ts";
import { refuse, type Refusal } from "../facts/refusal.ts";
import type { BackendReading, MethodFrom } from "../policy/backend-reading.ts";
import { isJson, readMediaType } from "../reading/media-type.ts";
import { readPairs } from "../reading/query-pairs.ts";
import { twinParameter, writeMediaType } from "../reading/write-media-type.ts";
import { takeFrame } from "./body-frame.ts";
import type { Exchange } from "./exchange.ts";

/** How requests for each operation are framed, by its place; undefined where they are not. */
export type Framings = readonly (BackendReading | undefined)[];

/** Whether backends are told anything beside the data of a request, or read other types as JSON. */
export const isFramed = ({ envelope, jsonTypes, methodFrom }: BackendReading): boolean =>
  methodFrom !== undefined || jsonTypes.length > 0 || envelope.length > 0;

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
 * Takes a request out of the frame in which an SDK has put it, where the policy says that the
 * backends of this path read it so: a body of another type is JSON, what stands beside the data is
 * put aside, and the method that a POST stands for is said. Undefined where it stands for itself.
 */
export function takeOutOfFrame(
  exchange: Exchange,
  table: OperationTable<number>,
  framings: Framings,
): Said | Promise<Said> {
  const reading = framingAt(exchange, table, framings);
  if (reading === undefined) return undefined;
  if (reading.jsonTypes.length > 0) sayJson(exchange, reading.jsonTypes);
  const from = exchange.arrival.method === "POST" ? reading.methodFrom : undefined;
  const taken =
    from?.in === "body" || reading.envelope.length > 0
      ? inBody(exchange, from?.in === "body" ? from : undefined, reading)
      : undefined;
  if (from === undefined || from.in === "body") return taken;
  const said = from.in === "query" ? inQuery(exchange, from) : inField(exchange, from);
  const method = typeof said === "object" ? said : methodOf(said, from);
  return taken === undefined ? method : unlessRefused(taken, method);
}

const unlessRefused = async (taken: Promise<Said>, method: Said): Promise<Said> =>
  (await taken) ?? method;

/** How the backends of this path read, whichever of its methods is meant. */
function framingAt(
  { arrival, path }: Exchange,
  table: OperationTable<number>,
  framings: Framings,
): BackendReading | undefined {
  for (const method of [arrival.method, ...tunnelled, "POST"]) {
    const found = table.match(method, path, []);
    const reading = found === undefined ? undefined : framings[found.value];
    if (reading !== undefined) return reading;
  }
  return undefined;
}

/** The one type by which everybody reads JSON stands in place of another, for the backend too. */
function sayJson({ fields, forwardFields }: Exchange, types: readonly string[]): void {
  const type = fields.contentType === undefined ? undefined : readMediaType(fields.contentType);
  if (type === undefined || !types.includes(`${type.type}/${type.subtype}`)) return;
  const written = writeMediaType({ ...type, type: "application", subtype: "json" });
  fields.contentType = written;
  for (let index = 0; index < forwardFields.length; index += 2)
    if ((forwardFields[index] as string).toLowerCase() === "content-type")
      forwardFields[index + 1] = written;
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

/** @param from where the body names its method; undefined where it names none */
async function inBody(
  exchange: Exchange,
  from: MethodFrom | undefined,
  { envelope }: BackendReading,
): Promise<Said> {
  if (!mayHaveBody(exchange)) return undefined;
  // Where no method depends on it, whatever reads the body next says what is wrong with it.
  const uncertain = (detail: string): Refusal | undefined =>
    from === undefined ? undefined : ambiguous(detail);
  const { contentEncoding, contentType = "" } = exchange.fields;
  const kind = kindOf(contentType);
  if (kind === undefined || (kind === "form" && from === undefined)) return undefined;
  if (kind === "unclear")
    return uncertain("the content type of the body has more than one reading");
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== "identity")
    return uncertain("the body that may name a method is encoded");
  const held = await holdBody(exchange, mostHeldBytes);
  if (held === "no room") return noRoom();
  if (held !== "held")
    return uncertain(`the body that may name a method is ${held} (${mostHeldBytes} bytes)`);
  const bytes = exchange.bodyBytes as Buffer;
  const taken = takeFrame(bytes, kind === "json", { method: from?.name, envelope });
  if (typeof taken === "string") return uncertain(taken);
  if (taken === undefined) return undefined;
  const method = from === undefined ? undefined : methodOf(taken.method, from);
  if (typeof method === "object") return method;
  exchange.bodyBytes = taken.rest;
  exchange.envelope = taken.envelope;
  exchange.bodyFrame = { contentType, putBack: taken.putBack };
  exchange.fields.contentLength = String(taken.rest.length);
  exchange.fields.transferEncoding = undefined;
  return method;
}

/**
 * Which body may have a frame. One whose type only some programs take for it would have it for
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
