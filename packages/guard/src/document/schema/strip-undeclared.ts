import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { type Allowed, allowedAt, type RestrictedProperties } from "./allowed-places.ts";

const mostNamed = 50;

/** `roles` are the caller's. */
export type Strip = (
  value: unknown,
  roles: readonly string[],
) => { readonly value: unknown; readonly stripped: readonly string[] } | undefined;

/**
 * Takes from an answer what its schema does not declare, and what is `writeOnly`. Undefined when
 * nothing can ever be taken.
 */
export function compileStrip(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  restricted: RestrictedProperties = {},
): Strip | undefined {
  const allowed = allowedAt(schema, schemas, restricted);
  if (allowed === undefined) return undefined;
  return (value, roles) => {
    const stripped: string[] = [];
    const kept = keep(value, allowed, "", stripped, roles);
    return stripped.length === 0 ? undefined : { value: kept, stripped };
  };
}

/** Copies only along the paths that lose something. */
function keep(
  value: unknown,
  allowed: Allowed,
  pointer: string,
  stripped: string[],
  roles: readonly string[],
  isBranch = false,
): unknown {
  if (Array.isArray(value)) {
    const { items } = allowed;
    if (items === undefined) return value;
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (typeof item !== "object" || item === null) continue;
      const kept = keep(item, items, `${pointer}/*`, stripped, roles);
      if (kept !== item) (copy ??= [...(value as unknown[])])[index] = kept;
    }
    return copy ?? value;
  }
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  const { byDiscriminator } = allowed;
  // A branch may build on the schema that chose it: choosing once is enough.
  if (byDiscriminator !== undefined && !isBranch) {
    const named = Object.hasOwn(object, byDiscriminator.property)
      ? object[byDiscriminator.property]
      : undefined;
    const branch = typeof named === "string" ? byDiscriminator.branches.get(named) : undefined;
    if (branch !== undefined) return keep(value, branch, pointer, stripped, roles, true);
  }
  const { members } = allowed;
  if (members === undefined) return value;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(object)) {
    const found = memberOf(allowed, members, name, roles);
    const part = object[name];
    if (found === undefined) {
      if (stripped.length < mostNamed) {
        const at = `${pointer}/${name.slice(0, 100)}`;
        if (!stripped.includes(at)) stripped.push(at);
      }
      delete (copy ??= { ...object })[name];
    } else if (found.allowed !== undefined && typeof part === "object" && part !== null) {
      const kept = keep(part, found.allowed, `${pointer}/${name}`, stripped, roles);
      if (kept !== part) (copy ??= { ...object })[name] = kept;
    }
  }
  return copy ?? value;
}

function memberOf(
  allowed: Allowed,
  members: NonNullable<Allowed["members"]>,
  name: string,
  roles: readonly string[],
): { readonly allowed: Allowed | undefined } | undefined {
  const member = members.get(name);
  if (member !== undefined)
    return member.roles === undefined || member.roles.some((role) => roles.includes(role))
      ? member
      : undefined;
  for (const { allowed: inner, pattern } of allowed.patterns)
    if (pattern.test(name)) return { allowed: inner };
  return allowed.others;
}
