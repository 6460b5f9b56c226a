import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Operation } from "../../packages/guard/src/document/api-document.ts";
import { canonicalPath } from "../../packages/guard/src/document/canonical-path.ts";
import { readTemplate } from "../../packages/guard/src/document/path-template.ts";
import { readOpenApi } from "../../packages/guard/src/document/read-openapi.ts";
import { SchemaCompiler } from "../../packages/guard/src/document/schema/compile-schema.ts";
import {
  decodedCookies,
  decodeSegment,
  sentCookies,
  sentFields,
  sentQuery,
} from "../../packages/guard/src/document/sent-parameters.ts";
import { compileRequestBody } from "../../packages/guard/src/controls/contract/request-body.ts";
import { isRefusal } from "../../packages/guard/src/facts/refusal.ts";
import type { Outcome } from "./judging-gate.ts";
import type { Report } from "./report.ts";
import { smallDocument } from "./small-document.ts";

const file = join(mkdtempSync(join(tmpdir(), "portcullis-judged-")), "openapi.yaml");
writeFileSync(file, smallDocument);
const { document } = readOpenApi(file);
if (document === undefined) throw new Error("the small document is not understood");
const schemas = new SchemaCompiler(document.schemas, "request");
const operations = new Map(
  document.operations.map((operation) => [
    operation.operationId ?? "",
    { operation, body: compileRequestBody(operation, document.schemas, schemas) },
  ]),
);

/** Properties of bodies that the document declares, by operation. */
const declared: Readonly<Record<string, readonly string[]>> = {
  createUser: ["name", "role", "age", "vip", "tags"],
  putUser: ["name", "role", "age", "vip", "tags"],
  searchUsers: ["q", "page"],
  touchUser: ["role", "note"],
  login: ["user", "role", "age", "keep"],
  upload: ["title", "role"],
};

/** What the gate has judged, read from the request by the readers that its controls share. */
export function judgedOf({ arrival, record }: Outcome, sentBody: Buffer | undefined): Report {
  const known = operations.get(record?.operation ?? "");
  if (arrival === undefined || known === undefined) throw new Error("no operation was judged");
  const { body, operation } = known;
  const target = canonicalPath(arrival.target);
  if ("fault" in target) throw new Error(target.fault);
  const fieldOf = (name: string): string | undefined =>
    sentFields(arrival.rawHeaders, (one) => one === name)[0]?.value;
  const cookies = sentFields(arrival.rawHeaders, (one) => one === "cookie")
    .map((one) => one.value)
    .join("; ");
  const value =
    body === undefined || sentBody === undefined
      ? undefined
      : body.readingOf(fieldOf("content-type"))?.read(sentBody);
  const read = value === undefined || isRefusal(value) ? undefined : value.value;
  const names = new Set(operation.parameters.map(({ name }) => name));
  const { file: sent, ...rest } = (read ?? {}) as Record<string, unknown>;
  return {
    handler: record?.operation ?? "",
    method: operation.method,
    path: pathOf(operation, target.path),
    query: queryOf(operation, target.query),
    tenant: names.has("X-Tenant") ? fieldOf("x-tenant") : undefined,
    theme: names.has("theme")
      ? sentCookies(cookies).find(({ name }) => name === "theme")?.value
      : undefined,
    body: read === undefined ? undefined : rest,
    file:
      typeof sent === "string"
        ? { name: "", bytes: Buffer.from(sent, "latin1").length }
        : undefined,
  };
}

function pathOf({ pathTemplate }: Operation, path: string): Record<string, string> {
  const { names } = readTemplate(pathTemplate);
  const segments = path.split("/");
  const values = pathTemplate
    .split("/")
    .flatMap((one, index) => (one.includes("{") ? [decodeSegment(segments[index] ?? "")] : []));
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
}

function queryOf({ parameters }: Operation, query: string): Record<string, unknown> {
  const pairs = sentQuery(query) ?? [];
  const entries = parameters
    .filter((parameter) => parameter.in === "query")
    .map(({ name, schema }): [string, unknown] => {
      const values = pairs.filter((pair) => pair.name === name).map(({ value }) => value);
      const { type } = schema as { readonly type: string };
      return [name, values.length === 0 ? undefined : typed(values, type)];
    });
  return Object.fromEntries(entries);
}

function typed(values: readonly string[], type: string): unknown {
  const [first] = values;
  if (type === "array") return values;
  if (type === "boolean") return first === "true";
  return type === "string" ? first : Number(first);
}

/** Where two reports differ, in words; undefined where they say the same. */
export function difference(judged: Report, understood: Partial<Report>): string | undefined {
  const compared: [string, unknown, unknown][] = [
    ["handler", judged.handler, understood.handler],
    ["method", judged.method, understood.method === "HEAD" ? "GET" : understood.method],
    ...Object.entries(judged.path).map(([name, value]): [string, unknown, unknown] => [
      `path ${name}`,
      value,
      understood.path?.[name],
    ]),
    ...Object.entries(judged.query)
      .filter(([name]) => name in (understood.query ?? {}))
      .map(([name, value]): [string, unknown, unknown] => [
        `query ${name}`,
        value,
        understood.query?.[name],
      ]),
  ];
  if (judged.handler === "getUser")
    compared.push(
      ["X-Tenant", judged.tenant, understood.tenant],
      ["cookie theme", ofReadings(judged.theme, understood.theme), understood.theme],
    );
  if (understood.bodyUnread !== true) compared.push(...bodyRows(judged, understood));
  const wrong = compared.find(([, left, right]) => textOf(left) !== textOf(right));
  return wrong === undefined
    ? undefined
    : `${wrong[0]}: judged ${textOf(wrong[1])}, understood ${textOf(wrong[2])}`;
}

/** A cookie is judged as it stands and as programs decode it: the reading that the backend has. */
function ofReadings(judged: unknown, understood: unknown): unknown {
  if (typeof judged !== "string") return judged;
  const [decoded] = decodedCookies([{ name: "theme", value: judged }]) ?? [];
  const plain = judged.replace(/^"(.*)"$/s, "$1");
  return [judged, plain, decoded?.value].find((one) => one === understood) ?? judged;
}

function bodyRows(judged: Report, understood: Partial<Report>): [string, unknown, unknown][] {
  const names = declared[judged.handler] ?? [];
  const left = (judged.body ?? {}) as Record<string, unknown>;
  const right = (understood.body ?? {}) as Record<string, unknown>;
  return [
    ...names.map((name): [string, unknown, unknown] => [`body ${name}`, left[name], right[name]]),
    ["file", judged.file?.bytes, understood.file?.bytes],
  ];
}

/**
 * An integer that a double does not keep is judged by its type alone, and goes on as it was
 * written: it is compared as the double that both are nearest to.
 */
const textOf = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, one: unknown) =>
    typeof one === "string" && /^-?\d{16,}$/.test(one) ? Number(one) : one,
  );

/** Reads a backend's report; integers that a double does not keep stay as they were written. */
export function readReport(text: string): Partial<Report> {
  if (text.startsWith("handler=")) return readLines(text);
  type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
  return parse(text, (_key, value, { source = "" }) =>
    typeof value === "number" && /^-?\d+$/.test(source) && !Number.isSafeInteger(value)
      ? source
      : value,
  ) as Partial<Report>;
}

/** nginx says a line for each fact, and values of the query as they were sent. */
function readLines(text: string): Partial<Report> {
  const facts = new Map(
    text.split("\n").map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)] as const;
    }),
  );
  const decoded = (name: string): string | undefined => {
    const value = facts.get(name);
    return value === undefined || value === ""
      ? undefined
      : decodeURIComponent(value.replaceAll("+", " "));
  };
  const path = [...facts].flatMap(([name, value]) =>
    name.startsWith("path.") ? [[name.slice(5), value] as const] : [],
  );
  return {
    handler: facts.get("handler") ?? "",
    method: facts.get("method") ?? "",
    path: Object.fromEntries(path),
    query: decoded("q") === undefined ? {} : { q: decoded("q") },
    tenant: facts.get("tenant") || undefined,
    theme: facts.get("theme") || undefined,
    bodyUnread: true,
  };
}
