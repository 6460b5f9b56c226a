import type { Parameter, SchemaRegistry } from "../operation.ts";
import type { Violation } from "../refusal.ts";
import { readStrictJsonText } from "../strict-json.ts";
import type { SchemaCheck, SchemaCompiler } from "./compile-schema.ts";
import type { Pair } from "../query-pairs.ts";
import { compileReadItems, compileReadMembers, compileReadScalar } from "./read-scalar.ts";
import { memberNames, typesOf } from "./schema-walk.ts";

/** One declared parameter: which sent names are its own, and what it says of their values. */
export interface ParameterContract {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required: boolean;
  /** Whether a sent name belongs to it; several may, where an object is spread over names. */
  owns(name: string): boolean;
  /** `values` are those sent under its names, decoded, in order. Never empty. */
  check(values: readonly Pair[]): Violation | undefined;
}

const most = 1000;
const noValue = Symbol("unreadable");

/** @param parameter with a location of path, query, header or cookie */
export function compileParameter(parameter: Parameter, schemas: SchemaRegistry, compiler: SchemaCompiler): ParameterContract {
  const { allowEmptyValue, explode, name, required } = parameter;
  const location = parameter.in === "querystring" ? "query" : parameter.in;
  const schema = parameter.schema ?? parameter.content?.schema ?? true;
  const fits: SchemaCheck = compiler.compile(schema);
  const types = typesOf(schema, schemas);
  const kind = parameter.content !== undefined ? "content" : types.has("array") ? "array" : types.has("object") ? "object" : "scalar";
  const violation = (keyword: string, message: string, pointer?: string): Violation => ({ in: location, name, keyword, message, ...(pointer === undefined || pointer === "" ? {} : { pointer }) });

  const read = compileRead(parameter, kind, schemas, schema);
  const spreads = kind === "object" && (parameter.style === "deepObject" || (explode && (parameter.style === "form" || parameter.style === "cookie")));
  const members = spreads ? new Set(memberNames(schema, schemas)) : undefined;
  const lowerName = name.toLowerCase();
  const owns = (sent: string): boolean => {
    if (location === "header") return sent === lowerName;
    if (spreads) return parameter.style === "deepObject" ? sent.startsWith(`${name}[`) : members?.has(sent) === true;
    return sent === name;
  };
  const mayRepeat = spreads || (kind === "array" && explode && (location === "query" || location === "cookie"));
  return {
    name,
    in: location,
    required,
    owns,
    check(values) {
      if (values.length > 1 && !mayRepeat) return violation("duplicate", "was sent more than once");
      if (values.length > most) return violation("maxItems", `was sent more than ${most} times`);
      if (allowEmptyValue && values.length === 1 && values[0]?.value === "") return undefined;
      const value = read(values);
      if (value === noValue) return violation("style", `is not written as the style '${parameter.style}' asks`);
      const fault = fits(value);
      return fault === undefined ? undefined : violation(fault.keyword, fault.message, fault.pointer);
    },
  };
}

type Kind = "content" | "array" | "object" | "scalar";

function compileRead(parameter: Parameter, kind: Kind, schemas: SchemaRegistry, schema: ParameterSchema): (values: readonly Pair[]) => unknown {
  const { explode, name, style } = parameter;
  const first = (values: readonly Pair[]): string => values[0]?.value ?? "";
  const unprefix = prefixOf(style, name);
  if (kind === "content") {
    return (values) => {
      const read = readStrictJsonText(first(values));
      return "unread" in read ? noValue : read.value;
    };
  }
  if (kind === "scalar") {
    const scalar = compileReadScalar(schema, schemas);
    return (values) => {
      const text = unprefix(first(values));
      return text === undefined ? noValue : scalar(text);
    };
  }
  if (kind === "array") {
    const item = compileReadItems(schema, schemas);
    if (explode && (style === "form" || style === "cookie")) return (values) => values.map((pair) => item(pair.value));
    return (values) => {
      const text = unprefix(first(values));
      if (text === undefined) return noValue;
      const parts = text === "" ? [] : text.split(separatorOf(style, explode));
      return style === "matrix" && explode ? readAll(parts, (part) => (part.startsWith(`${name}=`) ? item(part.slice(name.length + 1)) : noValue)) : parts.map(item);
    };
  }
  const member = compileReadMembers(schema, schemas);
  if (style === "deepObject") return (values) => readDeepObject(values, name, member);
  if (explode && (style === "form" || style === "cookie")) return (values) => objectOf(values.map((pair) => [pair.name, member(pair.name)(pair.value)]));
  return (values) => {
    const text = unprefix(first(values));
    if (text === undefined) return noValue;
    const parts = text === "" ? [] : text.split(separatorOf(style, explode));
    if (explode) return objectOf(parts.map((part) => (part.includes("=") ? [part.slice(0, part.indexOf("=")), member(part.slice(0, part.indexOf("=")))(part.slice(part.indexOf("=") + 1))] : undefined)));
    if (parts.length % 2 === 1) return noValue;
    return objectOf(parts.flatMap((key, index) => (index % 2 === 0 ? [[key, member(key)(parts[index + 1] as string)] as const] : [])));
  };
}
type ParameterSchema = NonNullable<Parameter["schema"]>;

function prefixOf(style: Parameter["style"], name: string): (text: string) => string | undefined {
  if (style === "label") return (text) => (text.startsWith(".") ? text.slice(1) : undefined);
  if (style === "matrix") return (text) => (text.startsWith(`;${name}=`) ? text.slice(name.length + 2) : text.startsWith(";") ? text.slice(1) : undefined);
  return (text) => text;
}

function separatorOf(style: Parameter["style"], explode: boolean): string {
  if (style === "spaceDelimited") return " ";
  if (style === "pipeDelimited") return "|";
  if (style === "label" && explode) return ".";
  return style === "matrix" && explode ? ";" : ",";
}

function readAll(parts: readonly string[], read: (part: string) => unknown): unknown {
  const values = parts.map(read);
  return values.includes(noValue) ? noValue : values;
}

/** A member written twice has two readings. */
function objectOf(entries: readonly (readonly [string, unknown] | undefined)[]): unknown {
  const result: Record<string, unknown> = {};
  for (const entry of entries) {
    if (entry === undefined || Object.hasOwn(result, entry[0])) return noValue;
    Object.defineProperty(result, entry[0], { value: entry[1], enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function readDeepObject(values: readonly Pair[], name: string, member: (name: string) => (text: string) => unknown): unknown {
  return objectOf(
    values.map((pair) => {
      const key = /^\[([^[\]]+)\]$/.exec(pair.name.slice(name.length))?.[1];
      return key === undefined ? undefined : [key, member(key)(pair.value)];
    }),
  );
}
