import type { OwnerAtom } from "@portcullis/guard/authorization/owner-rule";
import type { RequestPlace } from "@portcullis/guard/authorization/request-place";
import { itemSchema, memberNames, memberSchema, resolveBare, typesOf } from "@portcullis/guard/contracts/schema-walk";
import type { JsonSchema, Operation, SchemaRegistry } from "@portcullis/guard/operation";
import { parameterNames } from "@portcullis/guard/policy/plan-request-place";
import type { OperationPlan, Plan } from "@portcullis/guard/policy/plan";

interface Ruled {
  readonly own: OperationPlan;
  readonly operation: Operation;
  readonly schemas: SchemaRegistry;
}

/** What is understood, but perhaps not meant. */
export function findingsOf(plan: Plan): string[] {
  const all: Ruled[] = plan.apis.filter((api) => !api.issuer).flatMap(({ document, operations }) => operations.map((own, index) => ({ own, operation: document.operations[index] as Operation, schemas: document.schemas })));
  const findings: string[] = [];
  const say = (names: readonly string[], words: string): void => {
    if (names.length > 0) findings.push(`${names.length} ${words}: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", ..." : ""}`);
  };
  say(all.filter(({ own }) => own.entry === undefined).map(({ own }) => own.name), "have no rule who may enter, and are closed where authorization is enforced (say 'security: []' or 'allow: anyone' where anybody may)");
  say(all.filter(({ own }) => own.carriesRequests === "closed").map(({ own }) => own.name), "carry requests of their own, which pass no rule of theirs, and are closed where authorization is enforced (say 'carriesRequests: true' where the backend judges each of them)");
  if (plan.identity === undefined) say(all.filter(({ own }) => own.entry !== undefined && !own.entry.anonymous).map(({ own }) => own.name), "need a token, but no issuer is named, so that nobody can have one (identity: { issuer: https://..., audience: ... })");
  const guarded = all.filter(({ own }) => own.entry?.anonymous === false && !own.ownerless);
  say(guarded.filter(({ own, operation, schemas }) => own.owner === undefined && objectsInPath(operation, schemas).length > 0).map(({ own }) => own.name), "name an object in their path, and no rule says whose it must be (owner)");
  say(guarded.flatMap((one) => uncovered(one).map((place) => `${one.own.name} ${place}`)), "ids in query and body name an object, and no rule says whose it must be (owner, or owner: none where it does not matter)");
  say(all.filter(({ own }) => own.limits.length === 0).map(({ own }) => own.name), "have no limit");
  const ruled = new Set(Object.values(plan.writable).flatMap((properties) => Object.keys(properties)));
  say(all.flatMap((one) => bodyMembers(one).filter(({ name }) => privilege.test(name) && !ruled.has(name)).map(({ name }) => `${one.own.name} ${name}`)), "properties of request bodies look like privileges, and no rule says who may write them (writable)");
  return findings;
}

const privilege = /^(is_?(admin|staff|superuser|verified)|roles?|permissions?|scopes?|privileges?|(user_?)?type|tier|plan|credit_?limit|risk_?score|kyc(_?status)?|approved|verified)$/i;
const idName = /(?:^|[_.-])(?:id|uuid|guid)s?$|[a-z](?:Id|ID|Uuid|UUID|Guid)s?$/;
/** Ids that name the request or its sender's things, and no object of anybody. */
const ofTheRequest = /^(?:request|correlation|trace|idempotency|client|device|session|message)[_-]?(?:id|uuid)$/i;
const namesObject = (name: string): boolean => idName.test(name) && !ofTheRequest.test(name);

/** Path parameters that may be an object's id: everything but a choice of few, a switch or a date. */
function objectsInPath({ parameters, pathTemplate }: Operation, schemas: SchemaRegistry): string[] {
  return parameterNames(pathTemplate).filter((name) => {
    const schema = resolveBare(parameters.find((parameter) => parameter.in === "path" && parameter.name === name)?.schema, schemas);
    if (typeof schema !== "object") return true;
    const { enum: choices, const: one, format } = schema as { readonly enum?: unknown; readonly const?: unknown; readonly format?: unknown };
    return choices === undefined && one === undefined && !typesOf(schema, schemas).has("boolean") && !(typeof format === "string" && /^(?:date|time)/.test(format));
  });
}

/** Ids outside the path that no part of the owner rule looks at. */
function uncovered({ operation, own, schemas }: Ruled): string[] {
  const atoms = own.owner?.clauses.flatMap((clause) => clause.atoms) ?? [];
  const readsAnswer = own.owner?.foreign !== undefined || atoms.some((atom) => atom.kind === "response");
  const places = atoms.flatMap(placesOf);
  const query = readsAnswer ? [] : operation.parameters.filter(({ in: location, name }) => location === "query" && namesObject(name) && !places.some((place) => place.from === "query" && place.name === name)).map(({ name }) => `query ${name}`);
  const body = bodyMembers({ operation, own, schemas }).filter(({ name, pointer }) => namesObject(name) && !places.some((place) => place.from === "body" && place.pointer.join("/").replace(/\/\*$/, "") === pointer)).map(({ pointer }) => `body /${pointer}`);
  return [...query, ...body];
}

function placesOf(atom: OwnerAtom): readonly RequestPlace[] {
  switch (atom.kind) {
    case "request":
      return [atom.place];
    case "lookup":
      return atom.lookup.values;
    case "relation":
      return [atom.relation.id];
    case "provenance":
      return [atom.id];
    case "response":
      return [];
    default:
      return atom satisfies never;
  }
}

/** Properties on the surface of a body, and of the elements of lists on it. */
function bodyMembers({ operation, schemas }: Ruled): { readonly name: string; readonly pointer: string }[] {
  const found = new Map<string, { readonly name: string; readonly pointer: string }>();
  const add = (schema: JsonSchema | undefined, at: string): void => {
    for (const name of memberNames(schema, schemas)) found.set(`${at}${name}`, { name, pointer: `${at}${name}` });
  };
  for (const { schema } of operation.requestBody?.content ?? []) {
    add(schema, "");
    add(itemSchema(schema, schemas), "*/");
    for (const name of memberNames(schema, schemas)) add(itemSchema(memberSchema(schema, name, schemas), schemas), `${name}/*/`);
  }
  return [...found.values()];
}
