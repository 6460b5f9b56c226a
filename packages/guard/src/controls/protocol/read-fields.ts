import type { Arrival } from "../../facts/arrival.ts";
import { type FieldDoubts, type HeaderFields, headerProblems } from "../../facts/header-fields.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { foldName } from "./field-namespaces.ts";
import type { RequestFieldRules, FieldVerdict } from "./field-rules.ts";
import type { HeaderAction } from "./header-actions.ts";
import { problems } from "./problems.ts";

/** More header fields than any app sends; each one more costs every later reader. */
export const mostHeaderFields = 100;

interface Reading {
  readonly arrival: Arrival;
  readonly fields: HeaderFields;
  readonly forwardFields: string[];
  fieldDoubts: FieldDoubts | undefined;
}

/** What is noted on the way through the fields, for when all have been seen. */
interface Noted {
  singles: string[] | undefined;
  /** Values of Connection, joined. */
  connection: string;
  /** Folded names of fields that were sent in another spelling than the one that is read. */
  misspelt: string[] | undefined;
  oddlySpelled: boolean;
}

export const malformed = (detail: string): Refusal =>
  refuse(headerProblems["header-malformed"], { detail });

/**
 * Reads every header field once: what controls ask for is kept as a fact, what goes on to the
 * backend is gathered, and what could be read in two ways is refused.
 */
export function readFields(reading: Reading, rules: RequestFieldRules): Refusal | undefined {
  const { rawHeaders } = reading.arrival;
  if (rawHeaders.length > mostHeaderFields * 2)
    return refuse(problems["headers-too-large"], { detail: `${rawHeaders.length / 2} fields` });
  const noted: Noted = {
    singles: undefined,
    connection: "",
    misspelt: undefined,
    oddlySpelled: false,
  };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sentName = rawHeaders[index] as string;
    const verdict = rules.of(sentName);
    if (verdict.kind === "pass")
      reading.forwardFields.push(sentName, rawHeaders[index + 1] as string);
    else if (verdict.kind !== "drop") {
      const refused = take(reading, noted, verdict, sentName, rawHeaders[index + 1] as string);
      if (refused !== undefined) return refused;
    }
  }
  return judgeFraming(reading.fields) ?? judgeNoted(reading, noted, rules);
}

/** Takes a field that is more than passed on or left behind. */
function take(
  { fields, forwardFields }: Reading,
  noted: Noted,
  { action, fold, kind, name }: FieldVerdict,
  sentName: string,
  value: string,
): Refusal | undefined {
  switch (kind) {
    case "forged":
      return malformed(
        `the field ${JSON.stringify(sentName)} reads like one that only the gate may send`,
      );
    case "misspelt":
      (noted.misspelt ??= []).push(fold);
      return undefined;
    case "odd":
      noted.oddlySpelled = true;
      forwardFields.push(sentName, value);
      return undefined;
    case "read":
      if (action === undefined) return undefined;
      if (!keep(action, name, value, fields, noted))
        return malformed(`the field ${sentName} was sent twice`);
      if (name === "connection")
        noted.connection = noted.connection === "" ? value : `${noted.connection},${value}`;
      if (action.forward) {
        const joined = action.fact === undefined ? undefined : fields[action.fact];
        passOn(forwardFields, sentName, name, value, joined);
      }
      return undefined;
    case "drop":
    case "pass":
    default:
      return undefined;
  }
}

/**
 * Several fields that are read as one go on as one, joined as they were read: servers join cookies
 * with a comma (RFC 9113 section 8.2.3 joins them with a semicolon), and would read other cookies.
 */
function passOn(
  forwardFields: string[],
  sentName: string,
  name: string,
  value: string,
  joined: string | undefined,
): void {
  if (joined !== undefined && joined.length > value.length)
    for (let index = 0; index < forwardFields.length; index += 2)
      if ((forwardFields[index] as string).toLowerCase() === name) {
        forwardFields[index + 1] = joined;
        return;
      }
  forwardFields.push(sentName, value);
}

/** False when the field was sent before and may be sent once only. */
function keep(
  { fact, join, single }: HeaderAction,
  name: string,
  value: string,
  fields: HeaderFields,
  noted: Noted,
): boolean {
  if (fact !== undefined) {
    const before = fields[fact];
    if (before !== undefined && join === undefined) return false;
    fields[fact] = before === undefined ? value : `${before}${join}${value}`;
  } else if (single === true) {
    if (noted.singles?.includes(name) === true) return false;
    (noted.singles ??= []).push(name);
  }
  return true;
}

/**
 * A length and a coding are two readings of where the message ends. Another coding than chunked is
 * taken off by nobody here, so that the backend would get bytes that nobody has told it how to read.
 */
function judgeFraming({ contentLength, transferEncoding }: HeaderFields): Refusal | undefined {
  if (transferEncoding === undefined) return undefined;
  if (contentLength !== undefined)
    return refuse(problems["framing-ambiguous"], {
      detail: "Content-Length and Transfer-Encoding together",
    });
  return transferEncoding.trim().toLowerCase() === "chunked"
    ? undefined
    : refuse(problems["framing-ambiguous"], {
        detail: "a Transfer-Encoding that is not chunked alone",
      });
}

function judgeNoted(reading: Reading, noted: Noted, rules: RequestFieldRules): Refusal | undefined {
  const { connection, misspelt, oddlySpelled } = noted;
  if (misspelt !== undefined) {
    const twofold = misspelt.find((fold) => hasTwoSpellings(reading.arrival, rules, fold));
    if (twofold !== undefined) return malformed(`the field ${twofold} was sent in two spellings`);
  }
  let connectionOptions = noOptions;
  if (connection !== "") {
    connectionOptions = optionsOf(connection);
    const read = connectionOptions.find((option) => rules.isRead(option));
    if (read !== undefined)
      return malformed(`Connection names ${read}, which is not a field of one connection`);
    if (connectionOptions.length > 0) dropNamed(reading.forwardFields, connectionOptions, rules);
  }
  if (oddlySpelled || connectionOptions.length > 0)
    reading.fieldDoubts = { oddlySpelled, connectionOptions };
  return undefined;
}

function hasTwoSpellings({ rawHeaders }: Arrival, rules: RequestFieldRules, fold: string): boolean {
  let spelling: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const verdict = rules.of(rawHeaders[index] as string);
    if (verdict.fold !== fold) continue;
    if (spelling !== undefined && spelling !== verdict.name) return true;
    spelling = verdict.name;
  }
  return false;
}

/** Names that Connection may hold: they speak of the connection itself. */
const ofTheConnection: ReadonlySet<string> = new Set([
  "",
  "close",
  "keep-alive",
  "upgrade",
  "te",
  "http2-settings",
]);
const noOptions: readonly string[] = Object.freeze([]);

/** Fields that Connection names, folded. Mostly it names none, in one word. */
const optionsOf = (connection: string): readonly string[] =>
  ofTheConnection.has(connection.toLowerCase())
    ? noOptions
    : connection
        .split(",")
        .map((option) => foldName(option.trim().toLowerCase()))
        .filter((option) => !ofTheConnection.has(option));

/** `Connection: x` makes x a field of this hop (RFC 9110 section 7.6.1). */
function dropNamed(
  forwardFields: string[],
  connectionOptions: readonly string[],
  rules: RequestFieldRules,
): void {
  for (let index = forwardFields.length - 2; index >= 0; index -= 2)
    if (connectionOptions.includes(rules.of(forwardFields[index] as string).fold))
      forwardFields.splice(index, 2);
}
