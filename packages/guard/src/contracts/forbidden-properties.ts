import { namesAlike } from "../names-alike.ts";
import type { Operation, SchemaRegistry } from "../operation.ts";
import { compileStrip, type RestrictedProperties, type Strip } from "./strip-undeclared.ts";

/** Which properties of a body the caller's roles may not write, as JSON pointers. Undefined when no rule touches the operation's body. */
export function compileForbidden(operation: Operation, schemas: SchemaRegistry, writable: RestrictedProperties): ((body: unknown, roles: readonly string[]) => readonly string[]) | undefined {
  if (Object.keys(writable).length === 0 || operation.requestBody === undefined) return undefined;
  const everybody = [...new Set(Object.values(writable).flatMap((properties) => Object.values(properties).flat()))];
  const patches = operation.requestBody.content.some(({ mediaType }) => /json-patch\+json/i.test(mediaType));
  const strips = operation.requestBody.content.map(({ schema }) => compileStrip(schema, schemas, writable)).filter((strip): strip is Strip => strip !== undefined);
  if (strips.length === 0 && !patches) return undefined;
  return (body, roles) => {
    if (typeof body !== "object" || body === null) return [];
    if (patches && Array.isArray(body)) return forbiddenPatches(body, writable, roles);
    for (const strip of strips) {
      // What goes even for a caller with every role is undeclared, which another control has judged.
      const undeclared = strip(body, everybody)?.stripped ?? [];
      const forbidden = (strip(body, roles)?.stripped ?? []).filter((pointer) => !undeclared.includes(pointer));
      if (forbidden.length > 0) return forbidden;
    }
    return respelled(body, namesForbidden(writable, roles), "");
  };
}

/** What the caller's roles may not write in any schema. */
const namesForbidden = (writable: RestrictedProperties, roles: readonly string[]): readonly string[] => Object.values(writable).flatMap((properties) => Object.entries(properties).flatMap(([name, may]) => (may.some((role) => roles.includes(role)) ? [] : [name])));

/** Properties that are forbidden in a spelling that some servers read as the same. */
function respelled(value: unknown, names: readonly string[], at: string): readonly string[] {
  if (typeof value !== "object" || value === null || names.length === 0) return [];
  return Object.entries(value).flatMap(([key, part]) => [...(!Array.isArray(value) && names.some((name) => namesAlike(key, name)) ? [`${at}/${key}`] : []), ...respelled(part, names, `${at}/${key}`)]);
}

/**
 * A JSON Patch (RFC 6902) names what it writes in the text of a path, or brings it in a value, which no schema of the body
 * tells. The patched object's schema is not known here either: a name that is forbidden in one schema is forbidden in all.
 */
function forbiddenPatches(patches: readonly unknown[], writable: RestrictedProperties, roles: readonly string[]): readonly string[] {
  const names = new Set(namesForbidden(writable, roles));
  return patches.flatMap((patch, index) => {
    if (typeof patch !== "object" || patch === null) return [];
    const { path, value } = patch as { readonly path?: unknown; readonly value?: unknown };
    const written = typeof path === "string" && path.split("/").some((token) => names.has(token.replaceAll("~1", "/").replaceAll("~0", "~")));
    return [...(written ? [`/${index}/path`] : []), ...(holds(value, names) ? [`/${index}/value`] : [])];
  });
}

function holds(value: unknown, names: ReadonlySet<string>): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, part]) => (!Array.isArray(value) && names.has(name)) || holds(part, names));
}
