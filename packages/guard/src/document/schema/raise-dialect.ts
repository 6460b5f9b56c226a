/**
 * Raises OpenAPI 3.0's dialect to JSON Schema 2020-12. Documents of later versions that still use
 * it mean what they meant before.
 */
export function raiseDialect(schema: Record<string, unknown>): void {
  raiseBound(schema, "minimum", "exclusiveMinimum");
  raiseBound(schema, "maximum", "exclusiveMaximum");
  if (schema["nullable"] === true) raiseNullable(schema);
  delete schema["nullable"];
}

function raiseBound(schema: Record<string, unknown>, bound: string, exclusive: string): void {
  if (typeof schema[exclusive] !== "boolean") return;
  if (schema[exclusive] && schema[bound] !== undefined) {
    schema[exclusive] = schema[bound];
    delete schema[bound];
  } else delete schema[exclusive];
}

function raiseNullable(schema: Record<string, unknown>): void {
  if (typeof schema["type"] === "string") schema["type"] = [schema["type"], "null"];
  if (Array.isArray(schema["enum"]) && !schema["enum"].includes(null))
    schema["enum"] = [...(schema["enum"] as unknown[]), null];
  const composed = ["allOf", "anyOf", "oneOf"].find((keyword) => Array.isArray(schema[keyword]));
  if (composed === undefined) return;
  // The discriminator chooses between the branches, and goes where they go.
  const { [composed]: inner, discriminator } = schema;
  delete schema[composed];
  delete schema["discriminator"];
  const choice = discriminator === undefined ? {} : { discriminator };
  schema["anyOf"] = [{ [composed]: inner, ...choice }, { type: "null" }];
}
