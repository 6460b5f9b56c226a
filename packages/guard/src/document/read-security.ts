import type { SecurityRequirement, SecurityScheme } from "./api-document.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/**
 * Reads a `security` list. Undefined where the document says nothing of it, or nothing that can be
 * read: nobody may enter then. A way in that cannot be read is no way in.
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
    set.lose(at, "security is not a list", { expected: "security: [{ scheme: [scope] }]" });
    return undefined;
  }
  const written: readonly unknown[] = at.value;
  const read = written
    .map((_, index) => readRequirement(child(at, String(index)), set, schemes))
    .filter((one) => one !== undefined);
  return read.length === 0 && written.length > 0 ? undefined : read;
}

function readRequirement(
  at: Located,
  set: DocumentSet,
  schemes: ReadonlySet<string>,
): SecurityRequirement | undefined {
  if (!isRecord(at.value)) {
    set.lose(at, "a security requirement is not an object", { expected: "{ scheme: [scope] }" });
    return undefined;
  }
  const losses = set.losses;
  const scopes: Record<string, readonly string[]> = {};
  for (const [name, list] of Object.entries(at.value)) {
    if (!schemes.has(name))
      set.lose(child(at, name), `there is no security scheme '${name}'`, {
        expected: [...schemes].join(", ") || "a scheme under components.securitySchemes",
      });
    else if (!Array.isArray(list))
      set.lose(child(at, name), `the scopes of '${name}' are not a list`, {
        expected: "a list of scopes, or []",
      });
    scopes[name] = Array.isArray(list) ? list.map(String) : [];
  }
  return set.losses === losses ? scopes : undefined;
}

/** Reads `components.securitySchemes`: the credentials that the document knows by name. */
export function readSecuritySchemes(set: DocumentSet, root: Located): SecurityScheme[] {
  const all = child(root, "components", "securitySchemes");
  if (!isRecord(all.value)) return [];
  const schemes: SecurityScheme[] = [];
  for (const name of Object.keys(all.value)) {
    const at = set.follow(child(all, name));
    if (at === undefined) continue;
    const scheme = securitySchemeOf(name, isRecord(at.value) ? at.value : {});
    if (scheme !== undefined) schemes.push(scheme);
    else
      set.tolerate(at, `the security scheme '${name}' is not understood`, {
        expected:
          "type: http (with scheme), apiKey (with name and in), oauth2, openIdConnect or mutualTLS",
      });
  }
  return schemes;
}

function securitySchemeOf(
  name: string,
  written: Readonly<Record<string, unknown>>,
): SecurityScheme | undefined {
  const { in: place, name: parameterName, scheme, type } = written;
  switch (type) {
    case "http":
      return typeof scheme === "string" ? { name, type, scheme: scheme.toLowerCase() } : undefined;
    case "apiKey":
      return typeof parameterName === "string" &&
        (place === "query" || place === "header" || place === "cookie")
        ? { name, type, in: place, parameterName }
        : undefined;
    case "oauth2":
    case "openIdConnect":
    case "mutualTLS":
      return { name, type };
    default:
      return undefined;
  }
}
