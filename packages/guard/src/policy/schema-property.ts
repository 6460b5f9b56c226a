import type { JsonSchema } from "../document/api-document.ts";
import type { RestrictedProperties } from "../document/schema/strip-undeclared.ts";
import { isSchemaObject, ownSchemas } from "../document/schema/schema-walk.ts";
import { nearest } from "../reading/nearest-name.ts";
import type { JoinContext, PolicyPath } from "./join-context.ts";

/** A property of a schema of the documents, as rules name it: `Account/riskScore`. */
export interface SchemaProperty {
  readonly schema: string;
  readonly property: string;
}

const expected = "a schema's name and a property's, such as Account/riskScore";
const meant = (name: string | undefined) =>
  name === undefined ? {} : { mend: `Did you mean '${name}'?` };

/** Holds a property's name against the documents; undefined, with the fault noted, if it is none. */
export function resolveProperty(
  written: string,
  place: PolicyPath,
  { documents, note }: JoinContext,
): SchemaProperty | undefined {
  const [schema = "", property = "", more] = written.split("/");
  const declaring = documents.filter((document) => Object.hasOwn(document.schemas, schema));
  if (more !== undefined || property === "" || declaring.length === 0) {
    const known = documents.flatMap((document) => Object.keys(document.schemas));
    const near = declaring.length > 0 ? undefined : nearest(schema, known);
    note(place, `'${written}' is no property of a schema`, {
      expected,
      ...meant(near === undefined ? undefined : `${near}/${property}`),
    });
    return undefined;
  }
  const names = declaring.flatMap((document) => propertiesOf(document.schemas[schema]));
  if (names.includes(property)) return { schema, property };
  const near = nearest(property, names);
  note(place, `the schema '${schema}' declares no property '${property}'`, {
    expected: names.join(", "),
    ...meant(near === undefined ? undefined : `${schema}/${near}`),
  });
  return undefined;
}

/** What the schema itself declares, in whatever composition: not what it refers to. */
export const propertiesOf = (schema: JsonSchema | undefined): string[] =>
  [...ownSchemas(schema)].flatMap(({ properties }) =>
    isSchemaObject(properties) ? Object.keys(properties) : [],
  );

/** `Account/riskScore: [support]`, held against the documents' schemas and the policy's roles. */
export function planPropertyRoles(
  key: string,
  setting: Readonly<Record<string, readonly string[]>> = {},
  context: JoinContext,
): RestrictedProperties {
  const result: Record<string, Record<string, readonly string[]>> = {};
  const known = context.namesOf("role");
  for (const [written, roles] of Object.entries(setting)) {
    const place = [key, written];
    const found = resolveProperty(written, place, context);
    if (found === undefined) continue;
    for (const role of roles)
      if (known !== undefined && !known.includes(role))
        context.note(place, `there is no role '${role}'`, { expected: known.join(", ") });
    (result[found.schema] ??= {})[found.property] = roles;
  }
  return result;
}
