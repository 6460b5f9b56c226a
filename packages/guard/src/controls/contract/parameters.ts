import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import { readTemplate } from "../../document/path-template.ts";
import type { SchemaCompiler } from "../../document/schema/compile-schema.ts";
import {
  decodedCookies,
  decodeSegment,
  sentCookies,
  sentFields,
  sentQuery,
} from "../../document/sent-parameters.ts";
import { refuse, type Violation } from "../../facts/refusal.ts";
import type { Pair } from "../../reading/query-pairs.ts";
import type { Check } from "../check.ts";
import { compileParameter, type ParameterContract } from "./parameter.ts";
import { problems } from "./problems.ts";

const mostViolations = 20;

/** Violations of one request, up to a bound: the caller chooses how many there could be. */
class Violations {
  #found: Violation[] | undefined;

  get found(): readonly Violation[] | undefined {
    return this.#found;
  }

  note(violation: Violation | undefined): void {
    if (violation === undefined) return;
    if (this.#found === undefined) this.#found = [violation];
    else if (this.#found.length < mostViolations) this.#found.push(violation);
  }
}

/**
 * Checks path, query, header and cookie parameters. A query parameter that the document does not
 * name is a violation; header fields and cookies are not, because every client library sends its
 * own.
 *
 * @param alsoDeclared query parameters that other parts declare: API keys, the API version
 */
export function compileParameters(
  operation: Operation,
  schemas: SchemaRegistry,
  compiler: SchemaCompiler,
  alsoDeclared: readonly string[],
): Check<"fields" | "pathParameters" | "query"> {
  const compiled = operation.parameters
    .filter((parameter) => parameter.in !== "querystring")
    .map((parameter) => compileParameter(parameter, schemas, compiler));
  const of = (location: ParameterContract["in"]): readonly ParameterContract[] =>
    compiled.filter((parameter) => parameter.in === location);
  const path = readTemplate(operation.pathTemplate).names.map((name) =>
    compiled.find((parameter) => parameter.in === "path" && parameter.name === name),
  );
  const query = of("query");
  const header = of("header");
  const cookie = of("cookie");
  const wholeQuery = operation.parameters.some((parameter) => parameter.in === "querystring");
  const others = new Set(alsoDeclared);
  const asksQuery = query.some(({ required }) => required);
  return (known) => {
    const violations = new Violations();
    for (let index = 0; index < path.length; index += 1)
      checkSegment(path[index], known.pathParameters[index] ?? "", violations);
    if (!wholeQuery && (known.query !== "" || asksQuery))
      checkQuery(known.query, query, others, violations);
    if (header.length > 0) {
      const owned = (name: string): boolean => header.some((one) => one.owns(name));
      checkDeclared(sentFields(known.arrival.rawHeaders, owned), header, violations);
    }
    if (cookie.length > 0) checkCookies(sentCookies(known.fields.cookie), cookie, violations);
    const { found } = violations;
    return found === undefined
      ? undefined
      : refuse(problems["request-invalid"], { violations: found, detail: "parameters" });
  };
}

function checkSegment(
  contract: ParameterContract | undefined,
  raw: string,
  violations: Violations,
): void {
  if (contract === undefined) return;
  violations.note(contract.check([{ name: contract.name, value: decodeSegment(raw) }]));
}

function checkQuery(
  query: string,
  contracts: readonly ParameterContract[],
  others: ReadonlySet<string>,
  violations: Violations,
): void {
  const pairs = sentQuery(query);
  if (pairs === undefined) {
    violations.note({
      in: "query",
      keyword: "malformed",
      message: "the query cannot be read in one way",
    });
    return;
  }
  if (checkDeclared(pairs, contracts, violations) === pairs.length) return;
  const seen = new Set<string>();
  for (const { name } of pairs) {
    if (others.has(name) || seen.has(name) || contracts.some((one) => one.owns(name))) continue;
    seen.add(name);
    violations.note({
      in: "query",
      name: name.slice(0, 100),
      keyword: "undeclared",
      message: "is not declared",
    });
  }
}

/** A cookie that some programs decode must fit the document in both readings. */
function checkCookies(
  cookies: readonly Pair[],
  contracts: readonly ParameterContract[],
  violations: Violations,
): void {
  checkDeclared(cookies, contracts, violations);
  for (const contract of contracts)
    if (cookies.some(({ name, value }) => contract.owns(name) && isQuotedOddly(value)))
      violations.note({
        in: "cookie",
        name: contract.name,
        keyword: "style",
        message: "holds a quote or a backslash, which programs read differently",
      });
  const decoded = decodedCookies(cookies);
  if (decoded !== undefined) checkDeclared(decoded, contracts, violations);
}

/** Quotes around a value are taken away before it goes on; within it, some programs undo escapes. */
const isQuotedOddly = (value: string): boolean =>
  /["\\]/.test(/^"(.*)"$/s.exec(value)?.[1] ?? value);

/** Returns how many of the pairs belong to a declared parameter. */
function checkDeclared(
  pairs: readonly Pair[],
  contracts: readonly ParameterContract[],
  violations: Violations,
): number {
  let owned = 0;
  for (const contract of contracts) {
    const own = pairs.filter((pair) => contract.owns(pair.name));
    owned += own.length;
    if (own.length > 0) violations.note(contract.check(own));
    else if (contract.required)
      violations.note({
        in: contract.in,
        name: contract.name,
        keyword: "required",
        message: "is missing",
      });
  }
  return owned;
}
