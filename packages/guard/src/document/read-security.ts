import type { SecurityRequirement } from "./api-document.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/**
 * Reads a `security` list. Undefined where the document says nothing of it.
 *
 * @param schemes the names of the document's security schemes
 */
export function readSecurity(
  at: Located,
  set: DocumentSet,
  schemes: ReadonlySet<string>,
): SecurityRequirement[] | undefined {
  if (at.value === undefined) return undefined;
  if (!Array.isArray(at.value)) {
    set.fault(at, "security is not a list");
    return undefined;
  }
  return at.value.map((requirement, index) => {
    const scopes: Record<string, readonly string[]> = {};
    if (!isRecord(requirement)) {
      set.fault(child(at, String(index)), "a security requirement is not an object");
      return { "": [] };
    }
    for (const [name, list] of Object.entries(requirement)) {
      if (!schemes.has(name))
        set.fault(child(at, String(index), name), `there is no security scheme '${name}'`, {
          expected: [...schemes].join(", ") || "a scheme under components.securitySchemes",
        });
      scopes[name] = Array.isArray(list) ? list.map(String) : [];
    }
    return scopes;
  });
}
