import type { JsonSchema, Parameter, SchemaRegistry } from "../../document/api-document.ts";
import { isSpread, separatorOf } from "../../document/parameter-style.ts";
import type { Pair } from "../../reading/query-pairs.ts";
import { holdsOtherSpelling } from "../../reading/odd-numbers.ts";
import { readStrictJsonText } from "../../reading/strict-json.ts";
import { compileReadItems, compileReadMembers, compileReadScalar } from "./read-scalar.ts";

/** What a parameter's value is made of. */
export type ParameterKind = "content" | "array" | "object" | "scalar";

/** Stands for a text that is not written as the parameter's style asks. */
export const unreadable = Symbol("unreadable");

/** The value that sent texts stand for, or `unreadable`. */
export type ReadValue = (values: readonly Pair[]) => unknown;
type ReadMember = (name: string) => (text: string) => unknown;

const first = (values: readonly Pair[]): string => values[0]?.value ?? "";

/** Compiles how the texts of a parameter are read as the type that its schema names. */
export function compileReadValue(
  parameter: Parameter,
  kind: ParameterKind,
  schema: JsonSchema,
  schemas: SchemaRegistry,
): ReadValue {
  switch (kind) {
    case "content":
      return readContent;
    case "scalar":
      return compileScalar(parameter, compileReadScalar(schema, schemas));
    case "array":
      return compileArray(parameter, compileReadItems(schema, schemas));
    case "object":
      return compileObject(parameter, compileReadMembers(schema, schemas));
    default:
      return kind satisfies never;
  }
}

const readContent: ReadValue = (values) => {
  const read = readStrictJsonText(first(values));
  return "unread" in read || holdsOtherSpelling(read.text) ? unreadable : read.value;
};

function compileScalar(parameter: Parameter, scalar: (text: string) => unknown): ReadValue {
  const unprefix = prefixOf(parameter);
  return (values) => {
    const text = unprefix(first(values));
    return text === undefined ? unreadable : scalar(text);
  };
}

function compileArray(parameter: Parameter, item: (text: string) => unknown): ReadValue {
  if (isSpread(parameter)) return (values) => values.map((pair) => item(pair.value));
  const parts = compileParts(parameter);
  const { explode, name, style } = parameter;
  if (style !== "matrix" || !explode)
    return (values) => parts(first(values))?.map(item) ?? unreadable;
  const named = `${name}=`;
  return (values) => {
    const read = parts(first(values))?.map((part) =>
      part.startsWith(named) ? item(part.slice(named.length)) : unreadable,
    );
    return read === undefined || read.includes(unreadable) ? unreadable : read;
  };
}

function compileObject(parameter: Parameter, member: ReadMember): ReadValue {
  if (parameter.style === "deepObject") return compileDeepObject(parameter.name, member);
  if (isSpread(parameter))
    return (values) => objectOf(values.map(({ name, value }) => [name, member(name)(value)]));
  const parts = compileParts(parameter);
  const entriesOf = parameter.explode ? namedEntries : alternatingEntries;
  return (values) => {
    const entries = entriesOf(parts(first(values)), member);
    return entries === undefined ? unreadable : objectOf(entries);
  };
}

type Entry = readonly [string, unknown];

/** `a=1,b=2` */
function namedEntries(
  parts: readonly string[] | undefined,
  member: ReadMember,
): Entry[] | undefined {
  const entries: Entry[] = [];
  for (const part of parts ?? []) {
    const equals = part.indexOf("=");
    if (equals === -1) return undefined;
    const name = part.slice(0, equals);
    entries.push([name, member(name)(part.slice(equals + 1))]);
  }
  return parts === undefined ? undefined : entries;
}

/** `a,1,b,2` */
function alternatingEntries(
  parts: readonly string[] | undefined,
  member: ReadMember,
): Entry[] | undefined {
  if (parts === undefined || parts.length % 2 === 1) return undefined;
  const entries: Entry[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const name = parts[index] as string;
    entries.push([name, member(name)(parts[index + 1] as string)]);
  }
  return entries;
}

/** `filter[a]=1&filter[b]=2` */
function compileDeepObject(parameterName: string, member: ReadMember): ReadValue {
  return (values) => {
    const entries: Entry[] = [];
    for (const { name, value } of values) {
      const key = /^\[([^[\]]+)\]$/.exec(name.slice(parameterName.length))?.[1];
      if (key === undefined) return unreadable;
      entries.push([key, member(key)(value)]);
    }
    return objectOf(entries);
  };
}

/** The parts of a value that is written in one text; undefined when its prefix is missing. */
function compileParts(parameter: Parameter): (text: string) => readonly string[] | undefined {
  const unprefix = prefixOf(parameter);
  const separator = separatorOf(parameter);
  return (sent) => {
    const text = unprefix(sent);
    if (text === undefined) return undefined;
    return text === "" ? [] : text.split(separator);
  };
}

function prefixOf({ name, style }: Parameter): (text: string) => string | undefined {
  if (style === "label") return (text) => (text.startsWith(".") ? text.slice(1) : undefined);
  if (style !== "matrix") return (text) => text;
  const named = `;${name}=`;
  return (text) => {
    if (text.startsWith(named)) return text.slice(named.length);
    return text.startsWith(";") ? text.slice(1) : undefined;
  };
}

/** A member written twice has two readings. */
function objectOf(entries: readonly Entry[]): unknown {
  const result: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    if (Object.hasOwn(result, name)) return unreadable;
    Object.defineProperty(result, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}
