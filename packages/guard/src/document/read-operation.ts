import type {
  MediaTypeContract,
  Operation,
  Parameter,
  ParameterLocation,
  RequestBodyContract,
  ResponseContract,
} from "./api-document.ts";
import type { SchemaCollector } from "./collect-schemas.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";
import { readMessages } from "./read-messages.ts";
import { readSecurity } from "./read-security.ts";

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

export class OperationReader {
  readonly #set: DocumentSet;
  readonly #collector: SchemaCollector;
  readonly #schemes: ReadonlySet<string>;
  readonly #basePath: string;
  readonly #documentSecurity: Located;

  constructor(
    set: DocumentSet,
    collector: SchemaCollector,
    schemes: ReadonlySet<string>,
    basePath: string,
    documentSecurity: Located,
  ) {
    this.#set = set;
    this.#collector = collector;
    this.#schemes = schemes;
    this.#basePath = basePath;
    this.#documentSecurity = documentSecurity;
  }

  /** One operation, or none with its faults named. */
  read(at: Located, shared: Located, method: string, template: string): Operation[] {
    const { value } = at;
    if (!isRecord(value)) {
      this.#set.fault(at, "an operation is not an object");
      return [];
    }
    const pathTemplate = `${this.#basePath}${template}`;
    const parameters = this.#parameters(at, shared, template);
    const requestBody = this.#requestBody(child(at, "requestBody"));
    const messages = readMessages(at, this.#set, this.#collector);
    const own = child(at, "security");
    const security = readSecurity(
      own.value === undefined ? this.#documentSecurity : own,
      this.#set,
      this.#schemes,
    );
    return [
      {
        key: `${method} ${pathTemplate}`,
        ...(typeof value["operationId"] === "string" ? { operationId: value["operationId"] } : {}),
        method,
        pathTemplate,
        tags: Array.isArray(value["tags"]) ? value["tags"].map(String) : [],
        parameters,
        ...(requestBody === undefined ? {} : { requestBody }),
        responses: this.#responses(child(at, "responses")),
        ...(security === undefined ? {} : { security }),
        ...(messages === undefined ? {} : { messages }),
        deprecated: value["deprecated"] === true,
        ...(typeof value["summary"] === "string" ? { summary: value["summary"] } : {}),
        position: at.document.positionOf(at.path),
      },
    ];
  }

  #parameters(at: Located, shared: Located, template: string): Parameter[] {
    const found = new Map<string, Parameter>();
    for (const list of [shared, child(at, "parameters")]) {
      if (list.value === undefined) continue;
      if (!Array.isArray(list.value)) {
        this.#set.fault(list, "parameters is not a list");
        continue;
      }
      const inList = new Set<string>();
      list.value.forEach((_, index) => {
        const place = child(list, String(index));
        const parameter = this.#parameter(place);
        if (parameter === undefined) return;
        const key = `${parameter.in} ${parameter.name}`;
        if (inList.has(key))
          this.#set.fault(
            place,
            `the ${parameter.in} parameter '${parameter.name}' is declared twice`,
          );
        inList.add(key);
        found.set(key, parameter);
      });
    }
    const inTemplate = [...template.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] as string);
    for (const name of inTemplate)
      if (!found.has(`path ${name}`))
        this.#set.fault(
          at,
          `the path names {${name}}, but no path parameter '${name}' is declared`,
          { mend: `Add { name: ${name}, in: path, required: true, schema: ... }.` },
        );
    for (const parameter of found.values())
      if (parameter.in === "path" && !inTemplate.includes(parameter.name))
        this.#set.fault(
          at,
          `the path parameter '${parameter.name}' does not stand in '${template}'`,
        );
    if (new Set(inTemplate).size !== inTemplate.length)
      this.#set.fault(at, `'${template}' names a parameter twice`);
    return [...found.values()].filter(
      (parameter) => parameter.in !== "header" || !ignoredHeaders.has(parameter.name.toLowerCase()),
    );
  }

  #parameter(place: Located): Parameter | undefined {
    const at = this.#set.follow(place);
    if (at === undefined) return undefined;
    const value = isRecord(at.value) ? at.value : {};
    const { name } = value;
    const location = value["in"] as ParameterLocation;
    if (
      typeof name !== "string" ||
      typeof location !== "string" ||
      !Object.hasOwn(styles, location)
    ) {
      this.#set.fault(at, "a parameter needs a name and a place", {
        expected: "name, and in: path, query, header or cookie",
      });
      return undefined;
    }
    if (location === "path" && value["required"] !== true)
      this.#set.fault(at, `the path parameter '${name}' must say required: true`);
    const style = (value["style"] ?? styles[location][0]) as Parameter["style"];
    if (!styles[location].includes(style)) {
      this.#set.fault(at, `the style '${style}' is not one for ${location} parameters`, {
        expected: styles[location].join(", "),
      });
      return undefined;
    }
    const rest = {
      name,
      in: location,
      required: value["required"] === true,
      style,
      explode:
        typeof value["explode"] === "boolean"
          ? value["explode"]
          : style === "form" || style === "cookie",
      allowReserved: value["allowReserved"] === true,
      allowEmptyValue: value["allowEmptyValue"] === true,
    };
    if (value["content"] !== undefined) {
      const [content] = this.#content(child(at, "content"));
      if (content !== undefined && value["schema"] === undefined) return { ...rest, content };
    } else if (value["schema"] !== undefined)
      return { ...rest, schema: this.#collector.schema(child(at, "schema")) };
    this.#set.fault(
      at,
      `the parameter '${name}' needs either a schema or a content with one media type`,
    );
    return undefined;
  }

  #content(at: Located): MediaTypeContract[] {
    if (at.value === undefined) return [];
    if (!isRecord(at.value)) {
      this.#set.fault(at, "content does not hold media types by name");
      return [];
    }
    return Object.keys(at.value).flatMap((mediaType) => {
      const place = this.#set.follow(child(at, mediaType));
      if (place === undefined) return [];
      const schema = child(place, "schema");
      const encoding = child(place, "encoding").value;
      return [
        {
          mediaType,
          ...(schema.value === undefined ? {} : { schema: this.#collector.schema(schema) }),
          ...(isRecord(encoding)
            ? { encoding: encoding as NonNullable<MediaTypeContract["encoding"]> }
            : {}),
        },
      ];
    });
  }

  #requestBody(place: Located): RequestBodyContract | undefined {
    if (place.value === undefined) return undefined;
    const at = this.#set.follow(place);
    if (at === undefined) return undefined;
    const content = this.#content(child(at, "content"));
    if (content.length === 0)
      this.#set.fault(at, "a requestBody names no media type", {
        expected: "content: { application/json: { schema: ... } }",
      });
    return { required: isRecord(at.value) && at.value["required"] === true, content };
  }

  #responses(at: Located): ResponseContract[] {
    if (at.value === undefined) return [];
    if (!isRecord(at.value)) {
      this.#set.fault(at, "responses is not an object");
      return [];
    }
    return Object.keys(at.value).flatMap((status) => {
      if (status.startsWith("x-")) return [];
      const place = this.#set.follow(child(at, status));
      if (place === undefined) return [];
      if (!/^([1-5]\d\d|[1-5]XX|default)$/.test(status))
        this.#set.fault(child(at, status), `'${status}' is not a status`, {
          expected: "a status such as 200, a range such as 4XX, or default",
        });
      const headers = this.#headers(child(place, "headers"));
      return [{ status, content: this.#content(child(place, "content")), headers }];
    });
  }

  #headers(at: Located): ResponseContract["headers"] {
    if (!isRecord(at.value)) return {};
    const headers = Object.keys(at.value).flatMap((name) => {
      const header = this.#set.follow(child(at, name));
      if (header === undefined) return [];
      const schema = child(header, "schema");
      const required = isRecord(header.value) && header.value["required"] === true;
      const declared = isRecord(schema.value) ? { schema: this.#collector.schema(schema) } : {};
      return [[name, { required, ...declared }] as const];
    });
    return Object.fromEntries(headers);
  }
}
