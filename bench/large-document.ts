/**
 * An OpenAPI document as large companies have them: schemas that refer to one another, and
 * operations that take and give several of them.
 */
export function largeDocument(operations: number, schemas: number): unknown {
  const text = { type: "string", maxLength: 200, description: "Some words about this property." };
  const reference = (at: number) => ({ $ref: `#/components/schemas/Schema${at % schemas}` });
  /** Schemas are in families, as those of one part of an API are. */
  const near = (at: number, step: number) => reference(at - (at % 40) + ((at * step + 1) % 40));
  const json = (at: number) => ({
    description: "An answer with a description.",
    content: { "application/json": { schema: reference(at) } },
  });
  const made = <T>(count: number, one: (at: number) => readonly [string, T]): Record<string, T> =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => one(at)));
  return {
    openapi: "3.1.0",
    info: { title: "Large", version: "1" },
    security: [],
    components: {
      schemas: made(schemas, (at) => [
        `Schema${at}`,
        {
          type: "object",
          required: ["id"],
          properties: {
            id: { type: "integer" },
            ...made(10, (index) => [`property${index}`, text]),
            next: near(at, 7),
            others: { type: "array", items: near(at, 3) },
          },
        },
      ]),
    },
    paths: made(operations, (at) => [
      `/area${at % 50}/things${at}/{thingId}`,
      {
        parameters: [{ name: "thingId", in: "path", required: true, schema: { type: "string" } }],
        [at % 2 === 0 ? "get" : "put"]: {
          operationId: `operation${at}`,
          parameters: [{ name: "page", in: "query", schema: { type: "integer" } }],
          ...(at % 2 === 0
            ? {}
            : { requestBody: { content: { "application/json": { schema: reference(at * 3) } } } }),
          responses: { 200: json(at * 5), 201: json(at * 11), 404: json(at * 13) },
        },
      },
    ]),
  };
}
