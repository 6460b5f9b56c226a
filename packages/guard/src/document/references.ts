import { dirname, resolve } from "node:path";
import type { Fault } from "./api-document.ts";
import { readDocument, type SourceDocument } from "./read-document.ts";

/**
 * A value with the place it stands at, so that faults and relative references in it can be told.
 */
export interface Located {
  readonly document: SourceDocument;
  readonly path: readonly string[];
  readonly value: unknown;
  /** It may be a secret, written where only its name belongs: no message shows it. */
  readonly withheld?: true;
  /** An object where a secret text may stand: a key in it that is like none that is known may be that text. */
  readonly mayNameSecret?: true;
}

/** The files one OpenAPI document is spread over, read once each. */
export class DocumentSet {
  readonly faults: Fault[] = [];
  /** How often something was met without which a check cannot be made. */
  losses = 0;
  readonly #documents = new Map<string, SourceDocument | undefined>();
  readonly #onOpen: ((file: string) => void) | undefined;

  /** @param onOpen is told of each file before it is read, whether or not it is there */
  constructor(onOpen?: (file: string) => void) {
    this.#onOpen = onOpen;
  }

  /** @param options see readDocument */
  open(
    file: string,
    options: { readonly bareTemplates?: boolean } = {},
  ): SourceDocument | undefined {
    const known = this.#documents.get(file);
    if (known !== undefined || this.#documents.has(file)) return known;
    this.#onOpen?.(file);
    const { document, faults } = readDocument(file, options);
    this.faults.push(...faults);
    this.#documents.set(file, document);
    return document;
  }

  fault(
    at: Located,
    message: string,
    rest: {
      readonly expected?: string;
      readonly mend?: string;
      readonly severity?: "error" | "warning";
    } = {},
  ): void {
    this.faults.push({ ...at.document.positionOf(at.path), severity: "error", message, ...rest });
  }

  /** Names what is read otherwise than it is written: the document is served all the same. */
  tolerate(at: Located, message: string, rest: Pick<Fault, "expected" | "mend"> = {}): void {
    this.faults.push({
      ...at.document.positionOf(at.path),
      severity: "warning",
      tolerated: true,
      message,
      ...rest,
    });
  }

  /** Names what cannot be read, and without which a check cannot be made. */
  lose(at: Located, message: string, rest: Pick<Fault, "expected" | "mend"> = {}): void {
    this.losses += 1;
    this.tolerate(at, message, rest);
  }

  /** A file that another one refers to: what is wrong with it costs what is referred to. */
  #openReferred(file: string): SourceDocument | undefined {
    const before = this.faults.length;
    const document = this.open(file);
    for (let index = before; index < this.faults.length; index += 1)
      this.faults[index] = {
        ...(this.faults[index] as Fault),
        severity: "warning",
        tolerated: true,
        ...(document === undefined ? { losesFile: true as const } : {}),
      };
    return document;
  }

  /** Where a reference points, or undefined with a loss. */
  target(at: Located, reference: string): Located | undefined {
    const hash = reference.indexOf("#");
    const filePart = hash === -1 ? reference : reference.slice(0, hash);
    const fragment = hash === -1 ? "" : reference.slice(hash + 1);
    if (/^[a-z][a-z0-9+.-]*:/i.test(filePart)) {
      this.lose(at, `the reference '${reference}' leads to another host`, {
        expected: "a reference within this file or to a file beside it",
        mend: "Download it next to this file and refer to it by its relative path.",
      });
      return undefined;
    }
    const document =
      filePart === ""
        ? at.document
        : this.#openReferred(resolve(dirname(at.document.file), safeDecode(filePart)));
    if (document === undefined) {
      this.lose(at, `the reference '${reference}' leads to a file that cannot be read`);
      return undefined;
    }
    if (fragment !== "" && !fragment.startsWith("/")) {
      this.lose(at, `the reference '${reference}' names an anchor`, {
        expected: "a JSON pointer such as #/components/schemas/Account",
      });
      return undefined;
    }
    const path =
      fragment === ""
        ? []
        : fragment
            .slice(1)
            .split("/")
            .map((token) => safeDecode(token).replaceAll("~1", "/").replaceAll("~0", "~"));
    let value = document.value;
    for (const key of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
        this.lose(at, `the reference '${reference}' leads nowhere`);
        return undefined;
      }
      value = (value as Record<string, unknown>)[key];
    }
    return { document, path, value };
  }

  /** Follows `$ref` of a parameter, response, path item and the like to the object itself. */
  follow(at: Located): Located | undefined {
    const seen = new Set<string>();
    let here = at;
    for (;;) {
      const reference =
        isRecord(here.value) && typeof here.value["$ref"] === "string"
          ? here.value["$ref"]
          : undefined;
      if (reference === undefined) return here;
      const key = `${here.document.file}\n${reference}`;
      if (seen.has(key)) {
        this.lose(at, `the reference '${reference}' leads back to itself`);
        return undefined;
      }
      seen.add(key);
      const next = this.target(here, reference);
      if (next === undefined) return undefined;
      here = next;
    }
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function child(at: Located, ...keys: string[]): Located {
  let { value } = at;
  for (const key of keys)
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined;
  return { ...at, path: [...at.path, ...keys], value };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
