import type { ApiDocument, JsonSchema } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import type { PropertyRoles } from "./plan.ts";
import type { Policy } from "./policy-schema.ts";
import type { ReadPolicy } from "./read-policy.ts";

/** `Account/riskScore: [support]`, held against the documents' schemas and the policy's roles. */
export function propertyRoles(key: "visible" | "writable", policy: Policy, documents: readonly ApiDocument[], note: ReadPolicy["faultAt"]): PropertyRoles {
  const result: Record<string, Record<string, readonly string[]>> = {};
  for (const [written, roles] of Object.entries(policy[key] ?? {})) {
    const place = [key, written];
    const [schema = "", property = "", more] = written.split("/");
    const declared = documents.flatMap((document) => (Object.hasOwn(document.schemas, schema) ? [propertiesOf(document.schemas[schema])] : []));
    if (more !== undefined || property === "" || declared.length === 0) {
      const meant = nearest(schema, documents.flatMap((document) => Object.keys(document.schemas)));
      note(place, `'${written}' is no property of a schema`, { expected: "a schema's name and a property's, such as Account/riskScore", ...(declared.length > 0 || meant === undefined ? {} : { mend: `Did you mean '${meant}/${property}'?` }) });
      continue;
    }
    const names = declared.flat();
    if (!names.includes(property)) {
      const meant = nearest(property, names);
      note(place, `the schema '${schema}' declares no property '${property}'`, { expected: names.join(", "), ...(meant === undefined ? {} : { mend: `Did you mean '${schema}/${meant}'?` }) });
      continue;
    }
    if (policy.roles !== undefined) for (const role of roles) if (!Object.hasOwn(policy.roles, role)) note(place, `there is no role '${role}'`, { expected: Object.keys(policy.roles).join(", ") });
    (result[schema] ??= {})[property] = roles;
  }
  return result;
}

/** What the schema itself declares: its own properties, not those it refers to. */
export function propertiesOf(schema: JsonSchema | undefined): string[] {
  if (typeof schema !== "object") return [];
  const own = typeof schema["properties"] === "object" && schema["properties"] !== null ? Object.keys(schema["properties"]) : [];
  const parts = Array.isArray(schema["allOf"]) ? (schema["allOf"] as JsonSchema[]) : [];
  return [...own, ...parts.flatMap(propertiesOf)];
}
