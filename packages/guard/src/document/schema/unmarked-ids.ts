import { folded } from "../../reading/names-alike.ts";
import type { JsonSchema, ResponseContract, SchemaRegistry } from "../api-document.ts";
import type { Marks } from "./marked-properties.ts";
import { type Member, type Place, placeOf } from "./places.ts";
import { followReference, onMember, sameValueSchemas, typesOf } from "./schema-walk.ts";

/** A place of an answer that looks like an id of a kind, and is not marked as one. */
export interface UnmarkedId {
  /** A pointer with `*` for every element, or the name of a header field. */
  readonly place: string;
  /** Undefined for a link, which may hold ids of any kind. */
  readonly kind: string | undefined;
}

/** By what an id of a kind is recognized. */
interface Likeness {
  readonly kind: string;
  /** Names of properties, parameters and fields, folded. */
  readonly names: ReadonlySet<string>;
  /** Named schemas of single values that only its ids have. */
  readonly references: ReadonlySet<unknown>;
  /** Formats that only its ids have. */
  readonly formats: ReadonlySet<string>;
}

/** Formats that say nothing of what an id names. */
const plainFormats: ReadonlySet<string> = new Set(
  "uuid guid int32 int64 uint32 uint64 double float byte binary uri url uri-reference".split(" "),
);
/** Names under which properties hold links to the API, with the ids in them. */
const linkNames: ReadonlySet<string> = new Set(
  "href self selfurl link url next nexturl nextpage prev prevurl previous first last".split(" "),
);
const genericNames: ReadonlySet<string> = new Set(["id", "ids", "uuid", "guid", "ref", "key"]);
/** Deeper in an answer, all that is found has been found before. */
const mostDeep = 12;

/** Finds ids in the answers of one status by their schema, their format or their name. */
export class UnmarkedIds {
  readonly #schemas: SchemaRegistry;
  readonly #marks: Marks;
  readonly #likenesses: readonly Likeness[];
  readonly #names: ReadonlyMap<unknown, string>;

  /** @param parameters kinds by the names of parameters that hold their ids */
  constructor(
    schemas: SchemaRegistry,
    marks: Marks,
    kinds: readonly string[],
    parameters: Readonly<Record<string, string>>,
  ) {
    this.#schemas = schemas;
    this.#marks = marks;
    this.#names = new Map(Object.entries(schemas).map(([name, schema]) => [schema, name]));
    this.#likenesses = kinds.map((kind) => this.#likenessOf(kind, parameters));
  }

  /** In header fields that the document declares, by these names. */
  inFields({ headers }: ResponseContract, covered: ReadonlySet<string>): readonly UnmarkedId[] {
    return Object.entries(headers).flatMap(([name, { schema }]) => {
      if (covered.has(name.toLowerCase())) return [];
      const kind = this.#kindOf(folded(name.replace(/^x-/i, "")), schema, "", []);
      return kind === undefined ? [] : [{ place: name, kind }];
    });
  }

  inBody(schema: JsonSchema | undefined): readonly UnmarkedId[] {
    const found = new Map<string, UnmarkedId>();
    const root = placeOf(schema, this.#schemas, this.#marks);
    if (root !== undefined) this.#visit(root, [], new Set(), found);
    return [...found.values()];
  }

  #visit(
    place: Place<string>,
    path: readonly string[],
    above: ReadonlySet<unknown>,
    found: Map<string, UnmarkedId>,
  ): void {
    if (above.has(place) || path.length > mostDeep) return;
    const here = new Set(above).add(place);
    const at = place.choice?.any ?? place;
    for (const [name, member] of at.members) {
      this.#look(at, name, member, path, found);
      if (member.place !== undefined) this.#visit(member.place, [...path, name], here, found);
    }
    const others = [...at.patterns.map(({ member }) => member.place), at.others?.place];
    for (const inner of [...others, ...at.prefix, at.items])
      if (inner !== undefined) this.#visit(inner, [...path, "*"], here, found);
  }

  #look(
    { parts }: Place<string>,
    name: string,
    { rules, writeOnly }: Member<string>,
    path: readonly string[],
    found: Map<string, UnmarkedId>,
  ): void {
    if (rules.length > 0 || writeOnly) return;
    const around = path.findLast((token) => token !== "*") ?? "";
    const schemas = onMember(parts, name);
    const kind = this.#kindOf(folded(name), { anyOf: schemas }, around, parts);
    const place = `/${[...path, name].join("/")}`;
    if (kind !== undefined) found.set(place, { place, kind });
    else if (linkNames.has(folded(name)) && this.#isText(schemas))
      found.set(place, { place, kind: undefined });
  }

  #isText(schemas: readonly JsonSchema[]): boolean {
    return typesOf({ anyOf: schemas }, this.#schemas).has("string");
  }

  #kindOf(
    name: string,
    schema: JsonSchema | undefined,
    around: string,
    parts: readonly unknown[],
  ): string | undefined {
    const types = typesOf(schema, this.#schemas);
    if (types.size > 0 && !["string", "integer", "number", "array"].some((one) => types.has(one)))
      return undefined;
    const speaking = [...sameValueSchemas(schema, this.#schemas)];
    return this.#likenesses.find(
      ({ formats, kind, names, references }) =>
        names.has(name) ||
        speaking.some((one) => references.has(one) || formats.has(String(one["format"]))) ||
        (genericNames.has(name) && this.#isInside(folded(kind), around, parts)),
    )?.kind;
  }

  /** Whether an `id` is one of the kind by where it stands: `account: { id }`, `AccountSummary/id`. */
  #isInside(kind: string, around: string, parts: readonly unknown[]): boolean {
    if ([kind, `${kind}s`].includes(folded(around))) return true;
    return parts.some((part) => {
      const name = this.#names.get(part);
      return name !== undefined && folded(name).startsWith(kind);
    });
  }

  #likenessOf(kind: string, parameters: Readonly<Record<string, string>>): Likeness {
    const marked = Object.entries(this.#marks).flatMap(([schema, properties]) =>
      Object.entries(properties).flatMap(([name, mark]) =>
        mark === kind ? [{ schema, name }] : [],
      ),
    );
    const ofParameters = Object.entries(parameters).flatMap(([name, of]) =>
      of === kind ? [name] : [],
    );
    const written = [...marked.map(({ name }) => name), ...ofParameters].map(folded);
    const names = [...written, `${folded(kind)}id`, `${folded(kind)}uuid`].filter(
      (name) => !genericNames.has(name),
    );
    const schemas = marked.flatMap(({ name, schema }) =>
      onMember([...sameValueSchemas(this.#schemas[schema], this.#schemas)], name),
    );
    const speaking = schemas.flatMap((one) => [...sameValueSchemas(one, this.#schemas)]);
    const formats = speaking.flatMap(({ format }) =>
      typeof format === "string" && !plainFormats.has(format) ? [format] : [],
    );
    return {
      kind,
      names: new Set(names.flatMap((name) => [name, `${name}s`])),
      references: new Set(
        speaking
          .map((one) => followReference(one, this.#schemas))
          .filter((target) => target !== undefined && typeof target === "object"),
      ),
      formats: new Set(formats),
    };
  }
}
