import type { Operation, SchemaRegistry } from "../operation.ts";
import { compileStrip, type RestrictedProperties, type Strip } from "./strip-undeclared.ts";

/** Which properties of a body the caller's roles may not write, as JSON pointers. Undefined when no rule touches the operation's body. */
export function compileForbidden(operation: Operation, schemas: SchemaRegistry, writable: RestrictedProperties): ((body: unknown, roles: readonly string[]) => readonly string[]) | undefined {
  if (Object.keys(writable).length === 0 || operation.requestBody === undefined) return undefined;
  const everybody = [...new Set(Object.values(writable).flatMap((properties) => Object.values(properties).flat()))];
  const strips = operation.requestBody.content.map(({ schema }) => compileStrip(schema, schemas, writable)).filter((strip): strip is Strip => strip !== undefined);
  if (strips.length === 0) return undefined;
  return (body, roles) => {
    if (typeof body !== "object" || body === null) return [];
    for (const strip of strips) {
      // What goes even for a caller with every role is undeclared, which another control has judged.
      const undeclared = strip(body, everybody)?.stripped ?? [];
      const forbidden = (strip(body, roles)?.stripped ?? []).filter((pointer) => !undeclared.includes(pointer));
      if (forbidden.length > 0) return forbidden;
    }
    return [];
  };
}
