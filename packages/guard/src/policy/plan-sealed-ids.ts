import type { ApiDocument } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import { propertiesOf } from "./plan-properties.ts";
import { linkMark, type SealedPlan } from "./plan.ts";
import type { Policy } from "./policy-schema.ts";
import type { ReadPolicy } from "./read-policy.ts";

/** Where ids leave sealed and come back, by the names of parameters and the places of properties. */
export function planSealedIds({ identity, sealedIds }: Policy, documents: readonly ApiDocument[], note: ReadPolicy["faultAt"]): SealedPlan | undefined {
  if (sealedIds === undefined) return undefined;
  if (identity === undefined) note(["sealedIds"], "ids are sealed to signed-in callers, and no issuer is named", { expected: "identity: { issuer: https://..., audience: ... }" });
  const known = [...new Set(documents.flatMap((document) => document.operations.flatMap((operation) => operation.parameters.filter((parameter) => parameter.in === "path" || parameter.in === "query").map((parameter) => parameter.name))))];
  const parameters: Record<string, string> = {};
  const marks: Record<string, Record<string, string>> = {};
  const kinds: Record<string, { to: string; rawFor: string | undefined }> = {};
  for (const [kind, rule] of Object.entries(sealedIds)) {
    kinds[kind] = { to: rule.to ?? "token.sub", rawFor: rule.rawFor?.app };
    rule.parameters?.forEach((name, at) => {
      const place = ["sealedIds", kind, "parameters", String(at)];
      const meant = nearest(name, known);
      if (!known.includes(name)) note(place, `no operation has a path or query parameter '${name}'`, meant === undefined ? {} : { mend: `Did you mean '${meant}'?` });
      if (Object.hasOwn(parameters, name)) note(place, `'${name}' is already an id of '${parameters[name]}'`);
      parameters[name] = kind;
    });
    const mark = (written: string, place: readonly string[], as: string): void => {
      const [schema = "", property = "", more] = written.split("/");
      const declared = documents.flatMap((document) => (Object.hasOwn(document.schemas, schema) ? propertiesOf(document.schemas[schema]) : []));
      if (more !== undefined || !declared.includes(property)) {
        const meant = nearest(property, declared);
        note(place, `'${written}' is no property of a schema`, { expected: "a schema's name and a property's, such as Document/id", ...(meant === undefined ? {} : { mend: `Did you mean '${schema}/${meant}'?` }) });
      } else (marks[schema] ??= {})[property] = as;
    };
    rule.properties?.forEach((written, at) => mark(written, ["sealedIds", kind, "properties", String(at)], kind));
    rule.links?.forEach((written, at) => mark(written, ["sealedIds", kind, "links", String(at)], linkMark));
    if ((rule.parameters ?? []).length === 0 || (rule.properties ?? []).length === 0) note(["sealedIds", kind], `ids of '${kind}' leave or come back, but not both`, { expected: "parameters and properties, so that what was sealed can be opened" });
  }
  return { parameters, marks, kinds };
}
