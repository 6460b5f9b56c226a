/** Documents that are written to cost more than they are worth, by what they try. */
const head = 'openapi: 3.1.0\ninfo: { title: t, version: "1" }\n';
const ok = { "200": { description: "ok" } };
const many = <T>(count: number, one: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => one(at));
const named = <T>(count: number, one: (at: number) => readonly [string, T]): Record<string, T> =>
  Object.fromEntries(many(count, one));

type Schema = Record<string, unknown> | boolean;

const document = (rest: object): string =>
  JSON.stringify({ openapi: "3.1.0", info: { title: "t", version: "1" }, security: [], ...rest });

/** One operation whose body has this schema, beside others that schemas refer to. */
const withSchema = (schema: Schema, schemas: Record<string, Schema> = {}): string =>
  document({
    paths: {
      "/a": {
        post: {
          operationId: "a",
          requestBody: { content: { "application/json": { schema } } },
          responses: ok,
        },
      },
    },
    components: { schemas },
  });

function nested(depth: number, around: (inner: Schema) => Schema): Schema {
  let schema: Schema = { type: "string" };
  for (let left = depth; left > 0; left -= 1) schema = around(schema);
  return schema;
}

/** Deep texts are written by hand: what would write them is not made for such depth. */
const deepSchema = (depth: number, open: string, close: string): string =>
  withSchema({ placed: true }).replace(
    '{"placed":true}',
    `${open.repeat(depth)}{"type":"string"}${close.repeat(depth)}`,
  );

const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

export const hostileDocuments: Readonly<Record<string, () => string>> = {
  "a billion laughs": () =>
    `${head}a0: &a0 [x,x,x,x,x,x,x,x,x]\n${many(40, (at) => `a${at + 1}: &a${at + 1} [${many(9, () => `*a${at}`).join(",")}]\n`).join("")}paths: {}\n`,
  "a bomb of merge keys": () =>
    `${head}x0: &x0 { k: 1 }\n${many(40, (at) => `x${at + 1}: &x${at + 1} { a: *x${at}, b: *x${at}, <<: [*x${at}, *x${at}] }\n`).join("")}paths: *x40\n`,
  "aliases of aliases, a hundred thousand deep": () =>
    `${head}paths: {}\na0: &a0 1\n${many(100_000, (at) => `a${at + 1}: &a${at + 1} [*a${at}]\n`).join("")}`,
  "an alias that leads into itself": () => `${head}paths: &p { /a: *p }\n`,
  "a hundred thousand brackets in YAML": () => `${head}x: ${"[".repeat(100_000)}\n`,
  "a hundred thousand closed brackets in YAML": () =>
    `${head}x: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n`,
  "a hundred thousand steps of indentation": () =>
    `${head}x:\n${many(2000, (at) => `${" ".repeat(at + 1)}a:\n`).join("")}`,
  "a hundred thousand dashes on a line": () => `${head}x:\n  ${"- ".repeat(100_000)}a\n`,
  "a hundred thousand brackets in JSON": () =>
    `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{},"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
  "a hundred thousand operations": () =>
    document({
      paths: named(25_000, (at) => [
        `/p${at}`,
        named(4, (method) => [
          ["get", "put", "post", "delete"][method] as string,
          { operationId: `o${at}-${method}`, responses: ok },
        ]),
      ]),
    }),
  "a hundred thousand properties": () =>
    withSchema({
      type: "object",
      properties: named(100_000, (at) => [`p${at}`, { type: "string" }]),
    }),
  "a hundred thousand values of an enumeration": () =>
    withSchema({ enum: many(100_000, (at) => `v${at}`) }),
  "ten thousand alternatives": () =>
    withSchema({ oneOf: many(10_000, (at) => ({ type: "object", required: [`r${at}`] })) }),
  "ten thousand parameters of one operation": () =>
    document({
      paths: {
        "/a": {
          get: {
            operationId: "a",
            parameters: many(10_000, (at) => ({ name: `q${at}`, in: "query", schema: {} })),
            responses: ok,
          },
        },
      },
    }),
  "ten thousand parameters in one path": () =>
    document({
      paths: { [many(10_000, (at) => `/{p${at}}`).join("")]: { get: { responses: ok } } },
    }),
  "a schema that is itself": () => withSchema(reference("A"), { A: reference("A") }),
  "schemas that are one another": () =>
    withSchema(reference("A"), { A: reference("B"), B: { allOf: [reference("A")] } }),
  "schemas that hold one another": () =>
    withSchema(reference("A0"), {
      ...named(200, (at) => [
        `A${at}`,
        {
          type: "object",
          properties: named(200, (other) => [`p${other}`, reference(`A${other}`)]),
        },
      ]),
    }),
  "alternatives that double with each step": () =>
    withSchema(reference("A0"), {
      ...named(40, (at) => [
        `A${at}`,
        { allOf: [reference(`A${at + 1}`), reference(`A${at + 1}`)], type: "object" },
      ]),
      A40: { type: "object", properties: { id: { type: "string" } } },
    }),
  "ten thousand references in a row": () =>
    withSchema(reference("A0"), {
      ...named(10_000, (at) => [`A${at}`, reference(`A${at + 1}`)]),
      A10000: { type: "string" },
    }),
  "parameters, answers and paths that refer in a circle": () =>
    document({
      paths: {
        "/a": { $ref: "#/paths/~1b" },
        "/b": { $ref: "#/paths/~1a" },
        "/c": {
          get: {
            parameters: [{ $ref: "#/components/parameters/P" }],
            responses: { "200": { $ref: "#/components/responses/R" } },
          },
        },
      },
      components: {
        parameters: { P: { $ref: "#/components/parameters/P" } },
        responses: {
          R: { $ref: "#/components/responses/S" },
          S: { $ref: "#/components/responses/R" },
        },
      },
    }),
  "properties nested five hundred deep": () =>
    withSchema(nested(500, (inner) => ({ type: "object", properties: { a: inner } }))),
  "properties nested ten thousand deep": () =>
    deepSchema(10_000, '{"type":"object","properties":{"a":', "}}"),
  "parts nested ten thousand deep": () => deepSchema(10_000, '{"allOf":[', "]}"),
  "negations nested ten thousand deep": () => deepSchema(10_000, '{"not":', "}"),
  "lists nested ten thousand deep": () => deepSchema(10_000, '{"type":"array","items":', "}"),
  "patterns that backtrack without end": () =>
    withSchema({
      type: "object",
      properties: named(50, (at) => [`p${at}`, { type: "string", pattern: `^(a+)+${at}$` }]),
      patternProperties: { "^(?=(x+x+)+y)": {} },
    }),
  "a pattern of a hundred thousand parts": () =>
    withSchema({ type: "string", pattern: "(a|b)?".repeat(20_000) }),
  "a repetition of a million": () =>
    withSchema({ type: "string", pattern: "((a{1,999}){1,999}){1,999}", maxLength: 1e9 }),
  "lengths and numbers beyond all measure": () =>
    withSchema({ type: "array", minItems: 1e300, maxItems: -1, items: { multipleOf: 1e-320 } }),
  "a path of a megabyte": () =>
    document({ paths: { [`/${"a".repeat(1_000_000)}`]: { get: { responses: ok } } } }),
  "paths that are one another's siblings": () =>
    document({
      paths: named(3000, (at) => [
        `/${many(12, (bit) => ((at >> bit) & 1 ? `{p${bit}}` : "x")).join("/")}`,
        { get: { responses: ok } },
      ]),
    }),
  "a name that is a prototype's": () =>
    document({
      paths: { "/__proto__": { get: { operationId: "__proto__", responses: ok } } },
      components: { schemas: { constructor: { type: "object" }, __proto__: { type: "string" } } },
    }),
  "bytes that are no text": () => `${head}x: \u0000\u0001\ufffe\n`,
  "Swagger that refers in a circle": () =>
    JSON.stringify({
      swagger: "2.0",
      info: { title: "t", version: "1" },
      paths: { "/a": { $ref: "#/paths/~1a" } },
      definitions: { A: { allOf: [{ $ref: "#/definitions/A" }] } },
      parameters: { P: { $ref: "#/parameters/P" } },
    }),
};
