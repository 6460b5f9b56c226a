import type {
  MediaTypeContract,
  Operation,
  RequestBodyContract,
  UncheckedPart,
} from "./api-document.ts";
import type { SchemaCollector, Traced } from "./collect-schemas.ts";
import { readContent } from "./read-content.ts";
import { nameOfLink, readLinks } from "./read-links.ts";
import { readMessages } from "./read-messages.ts";
import { ParameterReader } from "./read-parameters.ts";
import { readResponses } from "./read-responses.ts";
import { readSecurity } from "./read-security.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/** Stands for a body that cannot be read: any. */
const anyBody: readonly MediaTypeContract[] = Object.freeze([{ mediaType: "*/*" }]);

/** Where an operation stands: its path item's shared parameters, and the paths it is served at. */
export interface OperationPlace {
  readonly at: Located;
  readonly shared: Located;
  readonly method: string;
  readonly template: string;
  /** What apps put before the template: one for each server with a path of its own. */
  readonly bases: readonly string[];
}

type Traces = Readonly<Record<UncheckedPart, Traced<unknown>>>;

/** Reads operations; those of which something could not be read say so. */
export class OperationReader {
  readonly #set: DocumentSet;
  readonly #collector: SchemaCollector;
  readonly #schemes: ReadonlySet<string>;
  readonly #documentSecurity: Located;
  readonly #parameters: ParameterReader;
  readonly #traces = new Map<Operation, Traces>();
  #inherited: Traced<Operation["security"]> | undefined;

  constructor(
    set: DocumentSet,
    collector: SchemaCollector,
    schemes: ReadonlySet<string>,
    documentSecurity: Located,
  ) {
    this.#set = set;
    this.#collector = collector;
    this.#schemes = schemes;
    this.#documentSecurity = documentSecurity;
    this.#parameters = new ParameterReader(set, collector);
  }

  /** One operation for each base, or none with its faults named. */
  read({ at: written, bases, method, shared, template }: OperationPlace): Operation[] {
    const at = this.#set.follow(written);
    if (at === undefined) return [];
    const { value } = at;
    if (!isRecord(value)) {
      this.#set.tolerate(at, "an operation is not an object, and is left out");
      return [];
    }
    const request = this.#collector.trace(() => ({
      parameters: this.#parameters.read(at, shared, template),
      requestBody: this.#requestBody(child(at, "requestBody")),
      messages: readMessages(at, this.#set, this.#collector),
    }));
    const response = this.#collector.trace(() =>
      readResponses(child(at, "responses"), this.#set, this.#collector),
    );
    const security = this.#security(child(at, "security"));
    const links = readLinks(child(at, "responses"));
    const { messages, parameters, requestBody } = request.value;
    return bases.map((base) => {
      const pathTemplate = `${base}${template}`;
      const operation: Operation = {
        key: `${method} ${pathTemplate}`,
        ...(typeof value["operationId"] === "string" ? { operationId: value["operationId"] } : {}),
        method,
        pathTemplate,
        tags: Array.isArray(value["tags"]) ? value["tags"].map(String) : [],
        parameters,
        ...(requestBody === undefined ? {} : { requestBody }),
        responses: response.value,
        ...(security.value === undefined ? {} : { security: security.value }),
        ...(messages === undefined ? {} : { messages }),
        ...(links.length === 0 ? {} : { links: links.map((link) => nameOfLink(link, base)) }),
        deprecated: value["deprecated"] === true,
        ...(typeof value["summary"] === "string" ? { summary: value["summary"] } : {}),
        position: written.document.positionOf(written.path),
      };
      this.#traces.set(operation, { request, response, security });
      return operation;
    });
  }

  /** What of an operation that was read here cannot be checked; to be asked when all are read. */
  uncheckedOf(operation: Operation, lostNames: ReadonlySet<string>): readonly UncheckedPart[] {
    const traces = this.#traces.get(operation);
    if (traces === undefined) return [];
    return (["request", "response", "security"] as const).filter(
      (part) =>
        traces[part].lost ||
        (lostNames.size > 0 && [...traces[part].names].some((name) => lostNames.has(name))),
    );
  }

  #security(own: Located): Traced<Operation["security"]> {
    const read = (at: Located): Traced<Operation["security"]> =>
      this.#collector.trace(() => readSecurity(at, this.#set, this.#schemes));
    // The document's own is read once, or its fault would be named for every operation.
    return own.value === undefined ? (this.#inherited ??= read(this.#documentSecurity)) : read(own);
  }

  #requestBody(place: Located): RequestBodyContract | undefined {
    if (place.value === undefined) return undefined;
    const at = this.#set.follow(place);
    if (at === undefined) return { required: false, content: anyBody };
    const required = isRecord(at.value) && at.value["required"] === true;
    const losses = this.#set.losses;
    const content = readContent(child(at, "content"), this.#set, this.#collector);
    if (content.length > 0) return { required, content };
    if (this.#set.losses === losses)
      this.#set.lose(at, "a requestBody names no media type", {
        expected: "content: { application/json: { schema: ... } }",
      });
    return { required, content: anyBody };
  }
}
