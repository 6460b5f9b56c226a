import type { Operation, SchemaRegistry } from "../operation.ts";
import type { Violation } from "../refusal.ts";
import type { SchemaCompiler } from "./compile-schema.ts";
import { compileParameter, type ParameterContract } from "./parameter.ts";
import { type Pair, readPairs } from "../query-pairs.ts";

/** What the check of parameters reads of a request. */
export interface RequestHead {
  /** Raw segments that stand for the template's parameters, in the template's order. */
  readonly pathParameters: readonly string[];
  readonly query: string;
  readonly rawHeaders: readonly string[];
  readonly cookie: string | undefined;
}

export type CheckHead = (head: RequestHead) => readonly Violation[] | undefined;

const mostPairs = 500;
const mostViolations = 20;

/**
 * Checks path, query, header and cookie parameters. A query parameter that the document does not name is a violation;
 * header fields and cookies are not, because every client library sends its own.
 *
 * @param alsoDeclared query parameters that other parts declare: API keys, the API version
 */
export function compileCheckParameters(operation: Operation, schemas: SchemaRegistry, compiler: SchemaCompiler, alsoDeclared: readonly string[]): CheckHead | undefined {
  const compiled = operation.parameters.filter((parameter) => parameter.in !== "querystring").map((parameter) => compileParameter(parameter, schemas, compiler));
  const names = [...operation.pathTemplate.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] as string);
  const path = names.map((name) => compiled.find((parameter) => parameter.in === "path" && parameter.name === name));
  const query = compiled.filter((parameter) => parameter.in === "query");
  const header = compiled.filter((parameter) => parameter.in === "header");
  const cookie = compiled.filter((parameter) => parameter.in === "cookie");
  const wholeQuery = operation.parameters.some((parameter) => parameter.in === "querystring");
  const others = new Set(alsoDeclared);

  return (head) => {
    let violations: Violation[] | undefined;
    const note = (violation: Violation | undefined): void => {
      if (violation !== undefined && (violations === undefined || violations.length < mostViolations)) (violations ??= []).push(violation);
    };
    for (let index = 0; index < path.length; index += 1) {
      const contract = path[index];
      if (contract !== undefined) note(checkSegment(contract, head.pathParameters[index] ?? ""));
    }
    if (!wholeQuery && (head.query !== "" || query.length > 0)) {
      const pairs = readPairs(head.query, mostPairs);
      if (pairs === undefined) note({ in: "query", keyword: "malformed", message: "the query cannot be read in one way" });
      else checkPairs(pairs, query, note, (name) => others.has(name));
    }
    if (header.length > 0) checkPairs(fieldsOf(head.rawHeaders, header), header, note, () => true);
    if (cookie.length > 0) checkPairs(cookiesOf(head.cookie), cookie, note, () => true);
    return violations;
  };
}

function checkSegment(contract: ParameterContract, raw: string): Violation | undefined {
  // canonicalPath has seen that every escape decodes.
  return contract.check([{ name: contract.name, value: raw.includes("%") ? decodeURIComponent(raw) : raw }]);
}

function checkPairs(pairs: readonly Pair[], contracts: readonly ParameterContract[], note: (violation: Violation | undefined) => void, isKnown: (name: string) => boolean): void {
  let matched = 0;
  for (const contract of contracts) {
    const own = pairs.filter((pair) => contract.owns(pair.name));
    matched += own.length;
    if (own.length > 0) note(contract.check(own));
    else if (contract.required) note({ in: contract.in, name: contract.name, keyword: "required", message: "is missing" });
  }
  if (matched === pairs.length) return;
  const seen = new Set<string>();
  for (const { name } of pairs) {
    if (isKnown(name) || seen.has(name) || contracts.some((contract) => contract.owns(name))) continue;
    seen.add(name);
    note({ in: "query", name: name.slice(0, 100), keyword: "undeclared", message: "is not declared" });
  }
}

function fieldsOf(rawHeaders: readonly string[], contracts: readonly ParameterContract[]): Pair[] {
  const pairs: Pair[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (contracts.some((contract) => contract.owns(name))) pairs.push({ name, value: rawHeaders[index + 1] as string });
  }
  return pairs;
}

function cookiesOf(cookie: string | undefined): Pair[] {
  if (cookie === undefined) return [];
  return cookie.split(";").slice(0, mostPairs).flatMap((part) => {
    const equals = part.indexOf("=");
    return equals === -1 ? [] : [{ name: part.slice(0, equals).trim(), value: part.slice(equals + 1).trim() }];
  });
}
