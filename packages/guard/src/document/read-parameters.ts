import type { Parameter, ParameterLocation } from "./api-document.ts";
import type { SchemaCollector } from "./collect-schemas.ts";
import { readTemplate } from "./path-template.ts";
import { readContent } from "./read-content.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

const styles: Readonly<Record<ParameterLocation, readonly Parameter["style"][]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form", "cookie"],
  querystring: ["form"],
};

/**
 * Header parameters by these names are ignored (OpenAPI 3.1 section 4.8.12.1): other parts of the
 * document describe them.
 */
const ignoredHeaders: ReadonlySet<string> = new Set(["accept", "content-type", "authorization"]);

/**
 * Stands for a parameter that cannot be read: it may be any, so that no parameter of the query is
 * undeclared.
 */
const unreadable: Parameter = Object.freeze({
  name: "(unreadable)",
  in: "querystring",
  required: false,
  style: "form",
  explode: true,
  allowReserved: true,
  allowEmptyValue: true,
  schema: true,
});

/** Reads the parameters of one operation, with those that its path item shares. */
export class ParameterReader {
  readonly #set: DocumentSet;
  readonly #collector: SchemaCollector;

  constructor(set: DocumentSet, collector: SchemaCollector) {
    this.#set = set;
    this.#collector = collector;
  }

  read(at: Located, shared: Located, template: string): Parameter[] {
    const found = new Map<string, Parameter>();
    for (const list of [shared, child(at, "parameters")]) this.#list(list, found);
    const { names } = readTemplate(template);
    this.#compareWithPath(at, template, names, found);
    return [...found.values()].filter(
      (parameter) =>
        (parameter.in !== "header" || !ignoredHeaders.has(parameter.name.toLowerCase())) &&
        (parameter.in !== "path" || names.includes(parameter.name)),
    );
  }

  #list(list: Located, found: Map<string, Parameter>): void {
    if (list.value === undefined) return;
    if (!Array.isArray(list.value)) {
      this.#set.lose(list, "parameters is not a list");
      found.set("", unreadable);
      return;
    }
    const inList = new Map<string, string>();
    list.value.forEach((_, index) => {
      const place = child(list, String(index));
      const parameter = this.#parameter(place);
      const key = `${parameter.in} ${parameter.name}`;
      const said = JSON.stringify(parameter);
      const before = inList.get(key);
      if (before !== undefined && parameter !== unreadable)
        this.#declaredTwice(place, parameter, before === said);
      inList.set(key, said);
      const differs = before !== undefined && before !== said;
      found.set(key, differs ? { ...withoutSchema(parameter), required: false } : parameter);
    });
  }

  #declaredTwice(place: Located, { in: location, name }: Parameter, alike: boolean): void {
    const message = `the ${location} parameter '${name}' is declared twice`;
    const rest = { mend: "Keep one of them." };
    if (alike) this.#set.tolerate(place, message, rest);
    else this.#set.lose(place, `${message}, and differently`, rest);
  }

  #compareWithPath(
    at: Located,
    template: string,
    names: readonly string[],
    found: Map<string, Parameter>,
  ): void {
    for (const name of names) {
      if (found.has(`path ${name}`)) continue;
      this.#set.tolerate(
        at,
        `the path names {${name}}, but no path parameter '${name}' is declared`,
        {
          expected: "a parameter; without one it is read as a text",
          mend: `Add { name: ${name}, in: path, required: true, schema: { type: string } }.`,
        },
      );
      found.set(`path ${name}`, plainPathParameter(name));
    }
    for (const parameter of found.values())
      if (parameter.in === "path" && !names.includes(parameter.name))
        this.#set.tolerate(
          at,
          `the path parameter '${parameter.name}' does not stand in '${template}'`,
          { expected: `{${parameter.name}} in the path; without it the parameter is ignored` },
        );
    // A rule would look at one of the two, and the backend perhaps at the other.
    if (new Set(names).size !== names.length)
      this.#set.lose(at, `'${template}' names a parameter twice`, {
        mend: "Give each parameter of the path a name of its own.",
      });
  }

  #parameter(place: Located): Parameter {
    const at = this.#set.follow(place);
    if (at === undefined) return unreadable;
    const value = isRecord(at.value) ? at.value : {};
    const { name } = value;
    const location = value["in"] as ParameterLocation;
    if (
      typeof name !== "string" ||
      typeof location !== "string" ||
      !Object.hasOwn(styles, location)
    ) {
      this.#set.lose(at, "a parameter needs a name and a place", {
        expected: "name, and in: path, query, header or cookie",
      });
      return unreadable;
    }
    if (location === "path" && value["required"] !== true)
      this.#set.tolerate(at, `the path parameter '${name}' must say required: true`, {
        expected: "required: true, as which it is read",
      });
    const style = this.#style(at, value["style"], location);
    const rest = {
      name,
      in: location,
      required: location === "path" || value["required"] === true,
      style,
      explode:
        typeof value["explode"] === "boolean"
          ? value["explode"]
          : style === "form" || style === "cookie",
      allowReserved: value["allowReserved"] === true,
      allowEmptyValue: value["allowEmptyValue"] === true,
    };
    return { ...rest, ...this.#told(at, value, name) };
  }

  #style(at: Located, written: unknown, location: ParameterLocation): Parameter["style"] {
    const known = styles[location];
    const usual = known[0] as Parameter["style"];
    if (written === undefined || known.includes(written as Parameter["style"]))
      return (written as Parameter["style"] | undefined) ?? usual;
    this.#set.lose(
      child(at, "style"),
      `the style ${JSON.stringify(written)} is not one for ${location} parameters`,
      { expected: known.join(", ") },
    );
    return usual;
  }

  /** What is said of the values: a schema, or one media type. */
  #told(
    at: Located,
    value: Readonly<Record<string, unknown>>,
    name: string,
  ): Pick<Parameter, "schema" | "content"> {
    if (value["content"] !== undefined && value["schema"] === undefined) {
      const [content] = readContent(child(at, "content"), this.#set, this.#collector);
      if (content !== undefined) return { content };
    } else if (value["schema"] !== undefined && value["content"] === undefined)
      return { schema: this.#collector.schema(child(at, "schema")) };
    this.#set.lose(
      at,
      `the parameter '${name}' needs either a schema or a content with one media type`,
      { mend: "Add schema: { type: string }, or what it is." },
    );
    return { schema: true };
  }
}

function withoutSchema({ content: _content, schema: _schema, ...rest }: Parameter): Parameter {
  return { ...rest, schema: true };
}

const plainPathParameter = (name: string): Parameter => ({
  name,
  in: "path",
  required: true,
  style: "simple",
  explode: false,
  allowReserved: false,
  allowEmptyValue: false,
  schema: { type: "string" },
});
