import type { ApiDocument, Operation } from "./api-document.ts";
import type { OperationReader } from "./read-operation.ts";
import { readBases } from "./read-servers.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

const methodsOf30: readonly string[] = [
  "get",
  "put",
  "post",
  "delete",
  "options",
  "head",
  "patch",
  "trace",
];
const otherKeys: ReadonlySet<string> = new Set([
  "summary",
  "description",
  "servers",
  "parameters",
  "$ref",
  "additionalOperations",
]);

/** More than the largest public documents name; each costs every gate thread some kilobytes. */
const mostOperations = 20_000;
/** No request has a path of so many segments, and trees of routes are as deep as paths are. */
const mostSegments = 200;

/** Reads every operation under `paths`. */
export class PathReader {
  readonly #set: DocumentSet;
  readonly #reader: OperationReader;
  readonly #methods: readonly string[];
  readonly #rootBases: readonly string[];

  constructor(
    set: DocumentSet,
    reader: OperationReader,
    openapi: ApiDocument["openapi"],
    root: Located,
  ) {
    this.#set = set;
    this.#reader = reader;
    this.#methods = openapi === "3.2" ? [...methodsOf30, "query"] : methodsOf30;
    this.#rootBases = readBases(child(root, "servers"), set) ?? [""];
  }

  read(paths: Located): Operation[] {
    if (paths.value !== undefined && !isRecord(paths.value))
      this.#set.fault(paths, "paths is not an object");
    const operations: Operation[] = [];
    for (const template of isRecord(paths.value) ? Object.keys(paths.value) : []) {
      if (template.startsWith("x-")) continue;
      const item = child(paths, template);
      if (!template.startsWith("/"))
        this.#set.tolerate(item, `the path '${template}' does not begin with a slash`, {
          mend: `Write '/${template}', as which it is read.`,
        });
      if (template.split("/").length > mostSegments) {
        this.#set.tolerate(
          item,
          `a path has more than ${mostSegments} segments, and is not served`,
        );
        continue;
      }
      operations.push(...this.#item(item, template.startsWith("/") ? template : `/${template}`));
      if (operations.length > mostOperations) {
        this.#set.fault(paths, `the document names more than ${mostOperations} operations`, {
          mend: "Serve parts of it as documents of their own, under one upstream.",
        });
        return [];
      }
    }
    if (operations.length === 0)
      this.#set.fault(paths, "the document names no operation", {
        expected: "at least one method under paths",
        severity: "warning",
      });
    return operations;
  }

  /** What stands beside a reference is read too, and before what the reference leads to. */
  #item(at: Located, template: string): Operation[] {
    const places = [at];
    if (isRecord(at.value) && at.value["$ref"] !== undefined) {
      const target = this.#set.follow(at);
      if (target !== undefined) places.push(target);
    }
    const seen = new Set<string>();
    return places.flatMap((item) => {
      if (isRecord(item.value)) return this.#methodsOf(item, template, seen);
      this.#set.tolerate(item, "a path item is not an object, and is left out");
      return [];
    });
  }

  #methodsOf(item: Located, template: string, seen: Set<string>): Operation[] {
    const operations: Operation[] = [];
    for (const key of Object.keys(item.value as object))
      if (this.#methods.includes(key))
        operations.push(
          ...this.#operation(item, child(item, key), key.toUpperCase(), template, seen),
        );
      else if (!otherKeys.has(key) && !key.startsWith("x-"))
        this.#set.tolerate(child(item, key), `'${key}' is not a method`, {
          expected: `one of ${this.#methods.join(", ")}; this is not served`,
        });
    const additional = child(item, "additionalOperations");
    if (isRecord(additional.value))
      for (const method of Object.keys(additional.value))
        operations.push(
          ...this.#operation(item, child(additional, method), method, template, seen),
        );
    return operations;
  }

  #operation(
    item: Located,
    at: Located,
    method: string,
    template: string,
    seen: Set<string>,
  ): Operation[] {
    if (seen.has(method)) return [];
    seen.add(method);
    const bases =
      readBases(child(at, "servers"), this.#set) ??
      readBases(child(item, "servers"), this.#set) ??
      this.#rootBases;
    return this.#reader.read({ at, bases, method, shared: child(item, "parameters"), template });
  }
}
