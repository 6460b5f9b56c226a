import { plainName } from "../../reading/names-alike.ts";
import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import { compileFindRestricted } from "../../document/schema/restricted-properties.ts";
import type { RestrictedProperties } from "../../document/schema/strip-undeclared.ts";

/**
 * Which properties of a body the caller's roles may not write, as JSON pointers. Undefined when no
 * rule touches the operation's body.
 */
export function compileForbidden(
  operation: Operation,
  schemas: SchemaRegistry,
  writable: RestrictedProperties,
): ((body: unknown, roles: readonly string[]) => readonly string[]) | undefined {
  if (Object.keys(writable).length === 0 || operation.requestBody === undefined) return undefined;
  const restricted = restrictedNames(writable);
  const patches = operation.requestBody.content.some(({ mediaType }) =>
    /json-patch\+json/i.test(mediaType),
  );
  const finds = operation.requestBody.content
    .map(({ schema }) => compileFindRestricted(schema, schemas, writable))
    .filter((find) => find !== undefined);
  if (finds.length === 0 && !patches) return undefined;
  return (body, roles) => {
    if (typeof body !== "object" || body === null) return [];
    if (patches && Array.isArray(body)) return forbiddenPatches(body, restricted, roles);
    for (const find of finds) {
      const forbidden = find(body, roles);
      if (forbidden.length > 0) return forbidden;
    }
    return respelled(body, restricted, roles, "");
  };
}

/**
 * Everything that some roles may not write in some schema, by its name as the most forgiving server
 * reads it.
 */
type Restricted = ReadonlyMap<
  string,
  readonly { readonly name: string; readonly may: readonly string[] }[]
>;

function restrictedNames(writable: RestrictedProperties): Restricted {
  const names = new Map<string, { readonly name: string; readonly may: readonly string[] }[]>();
  for (const properties of Object.values(writable))
    for (const [name, may] of Object.entries(properties))
      names.set(plainName(name), [...(names.get(plainName(name)) ?? []), { name, may }]);
  return names;
}

/** @param exactly whether the name itself counts too, where no schema has judged it */
function isForbidden(
  sent: string,
  restricted: Restricted,
  roles: readonly string[],
  exactly: boolean,
): boolean {
  return (
    restricted
      .get(plainName(sent))
      ?.some(
        ({ may, name }) => (exactly || sent !== name) && !may.some((role) => roles.includes(role)),
      ) ?? false
  );
}

/** Properties that are forbidden in a spelling that some servers read as the same. */
function respelled(
  value: unknown,
  restricted: Restricted,
  roles: readonly string[],
  at: string,
): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(!Array.isArray(value) && isForbidden(key, restricted, roles, false)
      ? [`${at}/${key}`]
      : []),
    ...respelled(part, restricted, roles, `${at}/${key}`),
  ]);
}

/**
 * A JSON Patch (RFC 6902) names what it writes in the text of a path, or brings it in a value,
 * which no schema of the body tells. The patched object's schema is not known here either: a name
 * that is forbidden in one schema is forbidden in all.
 */
function forbiddenPatches(
  patches: readonly unknown[],
  restricted: Restricted,
  roles: readonly string[],
): readonly string[] {
  return patches.flatMap((patch, index) => {
    if (typeof patch !== "object" || patch === null) return [];
    const { path, value } = patch as { readonly path?: unknown; readonly value?: unknown };
    const written =
      typeof path === "string" &&
      path
        .split("/")
        .some((token) =>
          isForbidden(token.replaceAll("~1", "/").replaceAll("~0", "~"), restricted, roles, true),
        );
    return [
      ...(written ? [`/${index}/path`] : []),
      ...(holds(value, restricted, roles) ? [`/${index}/value`] : []),
    ];
  });
}

function holds(value: unknown, restricted: Restricted, roles: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([name, part]) =>
      (!Array.isArray(value) && isForbidden(name, restricted, roles, true)) ||
      holds(part, restricted, roles),
  );
}
