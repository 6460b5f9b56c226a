import type { JsonSchema, Operation, SchemaRegistry } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { type FailureRule, failureOf } from "../../policy/failure-setting.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import { type OperationRole, rolesWithTarget } from "../../reading/operation-roles.ts";
import type { keys } from "./policy.ts";

type Entries = readonly EntryAt<typeof keys & CoreKeys>[];

/** What detectors are told of one operation. Plain data. */
export interface SignalPlan {
  readonly role: OperationRole;
  /** Members of the body, outermost first; undefined where nothing names what was tried. */
  readonly target: readonly string[] | undefined;
  readonly failure: FailureRule;
}

/** In this order: the account that a body names stands under one of them. */
const usualTargets = ["user", "username", "login", "email", "phone"];

/** Undefined where nobody has said what the operation is for. */
export function planOperationSignal(
  entries: Entries,
  operation: Operation | undefined,
  context: JoinContext,
): SignalPlan | undefined {
  const said = closestOf(entries, "role");
  const role = said?.value ?? operation?.purpose?.role;
  const target = closestOf(entries, "target");
  if (role === undefined || operation === undefined) {
    noteUnused(target?.index, role, context);
    return undefined;
  }
  const { purpose } = operation;
  const named = target?.value.split(".").slice(1);
  const own = purpose?.target === undefined ? undefined : [purpose.target];
  return {
    role,
    target: named ?? own ?? usualTarget(role, operation, context.schemasOf(operation)),
    failure: failureOf(closestOf(entries, "failure")?.value, purpose?.failures),
  };
}

function noteUnused(
  index: number | undefined,
  role: OperationRole | undefined,
  { note }: JoinContext,
): void {
  if (index === undefined || role !== undefined) return;
  note(
    ["operations", String(index), "target"],
    "nothing watches the target of an operation without a role",
    {
      severity: "warning",
      expected: "role: sign-in, payment-method, or what else the operation is for",
    },
  );
}

function usualTarget(
  role: OperationRole,
  { requestBody }: Operation,
  schemas: SchemaRegistry,
): readonly string[] | undefined {
  if (!rolesWithTarget.has(role)) return undefined;
  for (const { schema } of requestBody?.content ?? [])
    for (const name of propertiesOf(schema, schemas))
      if (usualTargets.includes(name)) return [name];
  return undefined;
}

const deepest = 8;

/** Names of the properties at the top of a schema, in their order. */
function propertiesOf(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  depth = 0,
): readonly string[] {
  if (typeof schema !== "object" || depth > deepest) return [];
  const { $ref: reference, allOf, anyOf, oneOf, properties } = schema;
  const below = [allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  const name = typeof reference === "string" ? /^#\/\$defs\/(.+)$/.exec(reference)?.[1] : undefined;
  if (name !== undefined) below.push(schemas[name]);
  return [
    ...(typeof properties === "object" && properties !== null ? Object.keys(properties) : []),
    ...below.flatMap((one) => propertiesOf(one as JsonSchema, schemas, depth + 1)),
  ];
}
