import { openApiDocument } from "../../packages/server/src/admin/openapi-document.ts";
import { type AdminParts, adminRoutes } from "../../packages/server/src/admin/routes.ts";

type Schema = Readonly<Record<string, unknown>>;

interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

const folder = "packages/console/src/api/admin-api";
const head =
  "// Written by npm run docs from the table of routes of the admin API: change it there.\n";

/**
 * The table of routes with nothing behind it. A route says what it takes and gives without being
 * asked; whatever it would be answered from is not there.
 */
function everyRoute(): ReturnType<typeof adminRoutes> {
  const nothing: object = new Proxy(() => nothing, {
    get: (_target, name) => (name === Symbol.toPrimitive ? () => "" : nothing),
  });
  return adminRoutes(nothing as AdminParts);
}

/** The console's types of the admin API: one file for each first word of its paths, and their sum. */
export function consoleTypes(): readonly { readonly file: string; readonly text: string }[] {
  const { paths } = openApiDocument(everyRoute()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths)) {
    const [, word = ""] = path.replace(/\.\w+$/, "").split("/");
    const lines = groups.get(word) ?? [];
    groups.set(word, lines);
    for (const [method, operation] of Object.entries(methods))
      lines.push(`${entryOf(`${method.toUpperCase()} ${path}`, operation)}\n`);
  }
  const words = [...groups.keys()].sort();
  const sum = [
    ...words.map((word) => `import type { ${nameOf(word)} } from "./${word}.ts";`),
    "",
    "/** Every question that the admin API answers. */",
    // A name a line: two people who add routes change two lines.
    "export interface AdminApi",
    `  extends ${words.map(nameOf).join(",\n    ")} {}`,
  ];
  return [
    ...words.map((word) => ({
      file: `${folder}/${word}.ts`,
      text: `${head}export interface ${nameOf(word)} {\n${groups.get(word)?.join("") ?? ""}}\n`,
    })),
    { file: `${folder}/admin-api.ts`, text: `${head}${sum.join("\n")}\n` },
  ];
}

const nameOf = (word: string): string =>
  `${word
    .split("-")
    .map((part) => `${part[0]?.toUpperCase() ?? ""}${part.slice(1)}`)
    .join("")}Api`;

function entryOf(
  name: string,
  { description, parameters, requestBody, responses, summary }: Operation,
) {
  const query = parameters.filter((one) => one.in === "query");
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  const [answer] = Object.entries(responses).flatMap(([status, { content }]) =>
    status.startsWith("2") ? Object.values(content ?? {}) : [],
  );
  const role = /role (\w+)/.exec(description)?.[1];
  return [
    `  /** ${summary}. */`,
    `  "${name}": {`,
    `    needs: ${role === undefined ? "undefined" : `"${role}"`};`,
    `    query: {${query.map((one) => ` "${one.name}"?: ${typeOf(one.schema, "")};`).join("")} };`,
    `    body: ${body === undefined ? "undefined" : typeOf(body, "    ")};`,
    `    answer: ${answer === undefined ? "undefined" : typeOf(answer.schema, "    ")};`,
    "  };",
  ].join("\n");
}

const plain: Readonly<Record<string, string>> = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  null: "null",
};

const mostNamed = 24;
const mostInLine = 160;

/** A JSON Schema as the type of what fits it; what it leaves open, nobody may rely on. */
function typeOf(schema: Schema, indent: string): string {
  const { additionalProperties, enum: values, items, properties, required = [], type } = schema;
  // A long list, such as every code of a refusal, changes with each of them: nobody is helped by it.
  if (Array.isArray(values) && values.length > mostNamed) return "string";
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(type))
    return type.map((one: string) => typeOf({ ...schema, type: one }, indent)).join(" | ");
  if (type === "array") return `readonly (${typeOf((items ?? {}) as Schema, indent)})[]`;
  if (type !== "object") return plain[String(type)] ?? "unknown";
  if (typeof properties !== "object" || properties === null) {
    const rest = typeof additionalProperties === "object" ? (additionalProperties as Schema) : {};
    return `Readonly<Record<string, ${typeOf(rest, indent)}>>`;
  }
  const lines = Object.entries(properties).map(([name, one]) => {
    const mark = (required as readonly string[]).includes(name) ? "" : "?";
    return `${indent}  readonly "${name}"${mark}: ${typeOf(one as Schema, `${indent}  `)};`;
  });
  const inline = `{ ${lines.map((line) => line.trim()).join(" ")} }`;
  if (!inline.includes("\n") && inline.length <= mostInLine) return inline;
  return `{\n${lines.join("\n")}\n${indent}}`;
}
