import { textsOf } from "./convert-swagger-texts.ts";
import type { MovedPlaces } from "./moved-places.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/** What bodies are made of where an operation does not say it itself. */
export interface MediaTypes {
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
}

type Written = Readonly<Record<string, unknown>>;

/** One operation of Swagger 2.0 as OpenAPI 3.0: its body and its form become a request body. */
export function convertOperation(
  at: Located,
  shared: Located,
  media: MediaTypes,
  set: DocumentSet,
  moved: MovedPlaces,
): unknown {
  if (!isRecord(at.value)) return at.value;
  const consumes = textsOf(at.value["consumes"]) ?? media.consumes;
  const produces = textsOf(at.value["produces"]) ?? media.produces;
  const all = gatherParameters(shared, child(at, "parameters"), set);
  const kinds = (kind: string): readonly Located[] =>
    all.filter(({ value }) => isRecord(value) && value["in"] === kind);
  const [body, another] = kinds("body");
  const form = kinds("formData");
  if (another !== undefined) set.lose(another, "an operation has two bodies");
  const plain = all.filter((one) => one !== body && !form.includes(one));
  plain.forEach((one, index) => moved.note([...at.path, "parameters", String(index)], one.path));
  if (body !== undefined) {
    moved.note([...at.path, "requestBody"], body.path);
    for (const type of consumes)
      moved.note([...at.path, "requestBody", "content", type, "schema"], [...body.path, "schema"]);
  }
  const requestBody =
    body === undefined ? convertForm(form, consumes) : convertBody(body, consumes);
  return {
    ...at.value,
    parameters: plain.map((one) => convertParameter(one, set)),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: convertResponses(child(at, "responses"), produces, set, moved),
  };
}

/** The operation's own, and those of its path that it does not replace. */
function gatherParameters(shared: Located, own: Located, set: DocumentSet): readonly Located[] {
  const found = new Map<string, Located>();
  for (const list of [shared, own]) {
    if (list.value === undefined) continue;
    if (!Array.isArray(list.value)) set.lose(list, "parameters is not a list");
    else
      list.value.forEach((_, index) => {
        const place = child(list, String(index));
        const at = set.follow(place) ?? place;
        const { in: location, name } = isRecord(at.value) ? at.value : {};
        found.set(
          typeof name === "string"
            ? `${JSON.stringify(location)} ${name}`
            : `${index} of ${list.path.join("/")}`,
          at,
        );
      });
  }
  return [...found.values()];
}

/** Keys that are not of the schema. */
const outside: ReadonlySet<string> = new Set([
  "name",
  "in",
  "required",
  "description",
  "allowEmptyValue",
  "collectionFormat",
]);

function schemaOf(written: Written): Written {
  const schema = Object.fromEntries(Object.entries(written).filter(([key]) => !outside.has(key)));
  return schema["type"] === "file" ? { type: "string", format: "binary" } : schema;
}

const styleOf: Readonly<Record<string, Written>> = {
  csv: { explode: false },
  multi: { explode: true },
  ssv: { style: "spaceDelimited", explode: false },
  pipes: { style: "pipeDelimited", explode: false },
};

function convertParameter(at: Located, set: DocumentSet): unknown {
  const { value } = at;
  if (!isRecord(value) || value["$ref"] !== undefined) return value;
  const { allowEmptyValue, collectionFormat, in: location, name, required } = value;
  const format = typeof collectionFormat === "string" ? collectionFormat : "csv";
  const isList = value["type"] === "array";
  const known = styleOf[format];
  if (isList && known === undefined)
    set.lose(child(at, "collectionFormat"), `lists written as '${format}' cannot be read`, {
      expected: Object.keys(styleOf).join(", "),
    });
  const unread = isList && known === undefined;
  return {
    name,
    in: location,
    required,
    allowEmptyValue,
    schema: unread ? {} : schemaOf(value),
    ...(isList && location === "query" ? known : {}),
  };
}

function convertBody(at: Located, consumes: readonly string[]): unknown {
  const { required, schema } = at.value as Written;
  const one = schema === undefined ? {} : { schema };
  return { required, content: Object.fromEntries(consumes.map((type) => [type, one])) };
}

const formTypes = ["application/x-www-form-urlencoded", "multipart/form-data"];

function convertForm(fields: readonly Located[], consumes: readonly string[]): unknown {
  if (fields.length === 0) return undefined;
  const all = fields.map(({ value }) => value as Written);
  const named = consumes.filter((type) => formTypes.includes(type));
  const hasFile = all.some(({ type }) => type === "file");
  const types =
    named.length > 0 ? named : [hasFile ? "multipart/form-data" : (formTypes[0] as string)];
  const schema = {
    type: "object",
    properties: Object.fromEntries(all.map((field) => [String(field["name"]), schemaOf(field)])),
    required: all.flatMap(({ name, required }) => (required === true ? String(name) : [])),
  };
  const encoding = Object.fromEntries(
    all.flatMap(({ collectionFormat, name, type }) =>
      type === "array" && typeof collectionFormat === "string"
        ? [[String(name), { style: "form", ...styleOf[collectionFormat] }]]
        : [],
    ),
  );
  return {
    required: schema.required.length > 0,
    content: Object.fromEntries(types.map((type) => [type, { schema, encoding }])),
  };
}

function convertResponses(
  at: Located,
  produces: readonly string[],
  set: DocumentSet,
  moved: MovedPlaces,
): unknown {
  if (!isRecord(at.value)) return at.value;
  return Object.fromEntries(
    Object.keys(at.value).map((status) => {
      const place = set.follow(child(at, status));
      if (place === undefined || !isRecord(place.value))
        return [status, (at.value as Written)[status]];
      const { headers, schema } = place.value;
      for (const type of produces)
        moved.note([...at.path, status, "content", type, "schema"], [...place.path, "schema"]);
      return [
        status,
        { description: "", headers: convertHeaders(headers), ...contentOf(schema, produces) },
      ];
    }),
  );
}

function contentOf(schema: unknown, produces: readonly string[]): Written {
  if (schema === undefined) return {};
  const isFile = isRecord(schema) && schema["type"] === "file";
  return {
    content: Object.fromEntries(produces.map((type) => [type, isFile ? {} : { schema }])),
  };
}

const convertHeaders = (headers: unknown): unknown =>
  isRecord(headers)
    ? Object.fromEntries(
        Object.entries(headers).map(([name, header]) => [
          name,
          isRecord(header) ? { schema: schemaOf(header) } : header,
        ]),
      )
    : undefined;
