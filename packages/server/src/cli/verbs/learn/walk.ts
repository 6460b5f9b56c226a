import { type Operation, readTemplate } from "@portcullis/guard/documents";
import type { Asker } from "./asker.ts";
import { type Harvest, isAnswered, nameOf, type Seen } from "./harvest.ts";
import { collectionOf, isPersonName } from "./names.ts";
import type { SignedIn } from "./sign-in.ts";
import { ValuePool } from "./value-pool.ts";

/** More of one operation show nothing new. */
const mostEach = 6;
const mostRounds = 4;

/** Operations that end a session, or that answer with files, are not asked. */
const notWalked =
  /(^|[/_-])(logout|log-out|signout|sign-out|delete|remove|unsubscribe|reset|confirm|verify|export|download)([/_-]|$)/i;

/**
 * Asks every GET of the document as one person, with ids that their own answers have shown, until
 * nothing new is to be asked. Nothing else than GET is ever sent.
 */
export async function walk(
  operations: readonly Operation[],
  person: SignedIn,
  asker: Asker,
): Promise<Harvest> {
  const gets = operations.filter(
    ({ method, operationId = "", pathTemplate }) =>
      method === "GET" && !notWalked.test(pathTemplate) && !notWalked.test(operationId),
  );
  const pool = new ValuePool(person.claims);
  const seen: Seen[] = [];
  const asked = new Map<string, number>();
  const targets = new Set<string>();
  const fault = new Map<string, string>();
  for (let round = 0; round < mostRounds; round += 1) {
    const before = seen.length;
    for (const operation of gets) {
      const name = nameOf(operation);
      for (const params of waysOf(operation, pool)) {
        const target = targetOf(operation, params);
        const count = asked.get(name) ?? 0;
        if (targets.has(target) || count >= mostEach || asker.isSpent) continue;
        targets.add(target);
        asked.set(name, count + 1);
        const told = await asker.get(target, person.carried).catch((why: unknown) => why as Error);
        if (told instanceof Error) {
          fault.set(name, told.message);
          continue;
        }
        const one = { operation, params, target, status: told.status, json: told.json };
        seen.push(one);
        if (isAnswered(one)) pool.learn(one);
      }
    }
    if (seen.length === before) break;
  }
  const left = operations
    .filter(({ method }) => method === "GET")
    .map(nameOf)
    .filter((name) => !asked.has(name) || fault.has(name));
  return { claims: person.claims, seen, left };
}

type Params = Readonly<Record<string, string>>;

/** The ways in which an operation can be asked by what is known so far. */
function* waysOf(operation: Operation, pool: ValuePool): Generator<Params> {
  const required = operation.parameters.filter((one) => one.in === "query" && one.required);
  const optional = operation.parameters.filter((one) => one.in === "query" && !one.required);
  for (const path of pathWays(operation, pool)) {
    const query: Record<string, string> = {};
    for (const { name } of required) {
      const [value] = pool.named(name);
      if (value !== undefined) query[name] = value;
    }
    if (Object.keys(query).length < required.length) continue;
    yield { ...path, ...query };
    for (const { name } of optional.filter((one) => isPersonName(one.name)))
      for (const value of pool.person(name).slice(0, 1)) yield { ...path, ...query, [name]: value };
  }
}

/** Every parameter of the path by what stands before it. */
function* pathWays({ pathTemplate }: Operation, pool: ValuePool): Generator<Params> {
  const { names } = readTemplate(pathTemplate);
  const fill = function* (index: number, known: Params): Generator<Params> {
    const name = names[index];
    if (name === undefined) {
      yield known;
      return;
    }
    const prefix = pathTemplate.slice(0, pathTemplate.indexOf(`/{${name}}`));
    for (const value of pool.parameter(name, prefix, collectionOf(prefix), known))
      yield* fill(index + 1, { ...known, [name]: value });
  };
  yield* fill(0, {});
}

export function targetOf({ parameters, pathTemplate }: Operation, params: Params): string {
  const path = pathTemplate.replaceAll(/\{([^}]+)\}/g, (_all, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const query = parameters.flatMap(({ in: location, name }) =>
    location === "query" && params[name] !== undefined
      ? [`${encodeURIComponent(name)}=${encodeURIComponent(params[name])}`]
      : [],
  );
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}
