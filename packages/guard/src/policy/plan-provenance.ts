import type { ApiDocument } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import { propertiesOf } from "./plan-properties.ts";
import type { Plan } from "./plan.ts";
import type { Policy } from "./policy-schema.ts";
import type { ReadPolicy } from "./read-policy.ts";

/** Where answers show ids of objects, by schema and property. */
export function planProvenance({ identity, provenance }: Policy, documents: readonly ApiDocument[], note: ReadPolicy["faultAt"]): Plan["shown"] {
  if (provenance === undefined) return undefined;
  if (identity === undefined) note(["provenance"], "ids are shown to signed-in callers, and no issuer is named", { expected: "identity: { issuer: https://..., audience: ... }" });
  const shown: Record<string, Record<string, string>> = {};
  for (const [kind, { properties }] of Object.entries(provenance)) {
    properties.forEach((written, at) => {
      const [schema = "", property = "", more] = written.split("/");
      const declared = documents.flatMap((document) => (Object.hasOwn(document.schemas, schema) ? propertiesOf(document.schemas[schema]) : []));
      if (more === undefined && declared.includes(property)) {
        (shown[schema] ??= {})[property] = kind;
        return;
      }
      const meant = nearest(property, declared);
      note(["provenance", kind, "properties", String(at)], `'${written}' is no property of a schema`, { expected: "a schema's name and a property's, such as Document/id", ...(meant === undefined ? {} : { mend: `Did you mean '${schema}/${meant}'?` }) });
    });
  }
  return shown;
}
