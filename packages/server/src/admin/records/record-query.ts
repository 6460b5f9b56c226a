import { problemCatalogue } from "@portcullis/guard/problems";
import { type HashName, hashesOf, type NameKind } from "@portcullis/guard/records";
import type { NamedAs, RecordFilter } from "../../watch/record-filter.ts";
import { type QueryParameter, Refused } from "../route.ts";

const text = { type: "string" };
const time = { ...text, format: "date-time" };

/** Pseudonyms are of the month of the record: a search has one of each month that may be kept. */
export interface QueryContext {
  readonly hashName: HashName;
  readonly nowMs: number;
  /** How long records are kept at most. */
  readonly keptMs: number;
}

/** `from` and `to`, as records and counts are asked for. */
export const timeParameters: readonly QueryParameter[] = [
  { name: "from", description: "From this time on (RFC 3339).", schema: time },
  { name: "to", description: "Before this time (RFC 3339).", schema: time },
];

/** What both records and counts are asked for by. */
export const sharedParameters: readonly QueryParameter[] = [
  { name: "operation", description: "Of one operation.", schema: text },
  {
    name: "code",
    description: "With a decision of this code of docs/problems.md, observed ones too.",
    schema: { ...text, enum: [...problemCatalogue.keys()] },
  },
  { name: "app", description: "Of one app, as it calls itself.", schema: text },
  { name: "appVersion", description: "Of one version of an app.", schema: text },
  {
    name: "outcome",
    description: "What became of it.",
    schema: { ...text, enum: ["passed", "refused", "failed"] },
  },
  {
    name: "mode",
    description: "With a decision that was enforced, or that was only observed.",
    schema: { ...text, enum: ["enforce", "observe"] },
  },
];

const orPseudonym = "Or a pseudonym as records hold it, or its beginning, behind a ~.";

export const recordParameters: readonly QueryParameter[] = [
  ...timeParameters,
  ...sharedParameters,
  { name: "traceId", description: "Of one request.", schema: text },
  { name: "trace", description: "The same as traceId.", schema: text },
  {
    name: "status",
    description: "404, or 4xx for all of this class.",
    schema: { ...text, pattern: "^[1-5](\\d\\d|xx)$" },
  },
  { name: "client", description: "Of one client.", schema: text },
  { name: "subject", description: `Of this caller. ${orPseudonym}`, schema: text },
  { name: "device", description: `Of this device. ${orPseudonym}`, schema: text },
  { name: "address", description: `From this address. ${orPseudonym}`, schema: text },
  {
    name: "object",
    description: `Refusals about the object with this id. ${orPseudonym}`,
    schema: text,
  },
  {
    name: "owner",
    description: `Refusals of what was found to be this person's. ${orPseudonym}`,
    schema: text,
  },
];

/**
 * @throws Refused for a name that is none of these, as a misspelt one would ask for everything, and
 * for a value that can be none
 */
export function holdToParameters(
  query: URLSearchParams,
  parameters: readonly QueryParameter[],
): void {
  for (const [name, value] of query) {
    const known = parameters.find((one) => one.name === name);
    if (known === undefined)
      throw new Refused(
        400,
        `'${name}' is not asked for here`,
        `Expected ${parameters.map((one) => one.name).join(", ")}.`,
      );
    const { enum: words, pattern } = known.schema as {
      readonly enum?: readonly string[];
      readonly pattern?: string;
    };
    if (words?.includes(value) === false)
      throw new Refused(400, `There is no such ${name}`, expectedOf(name, words));
    if (pattern !== undefined && !new RegExp(pattern).test(value))
      throw new Refused(400, `'${name}' cannot be this`, known.description);
  }
}

const expectedOf = (name: string, words: readonly string[]): string =>
  name === "code" ? "The codes stand in docs/problems.md." : `Expected ${words.join(", ")}.`;

/** @throws Refused where it is no time */
export function timeOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new Refused(400, `'${name}' is no time`, "Expected one such as 2026-11-20T10:00:00Z.");
  return atMs;
}

/**
 * What a query asks of records.
 *
 * @throws Refused
 */
export function filterOf(query: URLSearchParams, context: QueryContext): RecordFilter {
  const { hashName, keptMs, nowMs } = context;
  const [fromMs, toMs] = [timeOf(query, "from"), timeOf(query, "to")];
  const span = {
    fromMs: Math.max(fromMs ?? 0, nowMs - keptMs),
    toMs: Math.min(toMs ?? nowMs, nowMs),
  };
  const plain = (name: string, key = name): object => {
    const value = query.get(name);
    return value === null ? {} : { [key]: value };
  };
  const named = (name: string, kind: NameKind): object => {
    const value = query.get(name);
    if (value === null) return {};
    const asked: NamedAs = value.startsWith("~")
      ? { begins: value.slice(1) }
      : { is: [value, ...hashesOf(hashName, kind, value, span)] };
    return { [name]: asked };
  };
  const status = query.get("status");
  return {
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...plain("trace", "traceId"),
    ...plain("traceId"),
    ...plain("operation"),
    ...plain("code"),
    ...plain("mode"),
    ...plain("outcome"),
    ...plain("app"),
    ...plain("appVersion"),
    ...plain("client"),
    ...(status === null ? {} : { status: Number(status.replace("xx", "")) }),
    ...named("subject", "person"),
    ...named("device", "device"),
    ...named("address", "address"),
    ...named("object", "object"),
    ...named("owner", "person"),
  };
}
