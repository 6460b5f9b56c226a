import type { ResponseContract } from "./api-document.ts";
import type { SchemaCollector } from "./collect-schemas.ts";
import { readContent } from "./read-content.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/**
 * Reads the answers of one operation. Where one of them cannot be read, none is returned: an answer
 * that no response names is cut to its status, and nobody knows which the missing one would name.
 */
export function readResponses(
  at: Located,
  set: DocumentSet,
  collector: SchemaCollector,
): ResponseContract[] {
  if (at.value === undefined) return [];
  if (!isRecord(at.value)) {
    set.lose(at, "responses is not an object", { expected: "answers by their status" });
    return [];
  }
  const responses: ResponseContract[] = [];
  let whole = true;
  for (const status of Object.keys(at.value)) {
    if (status.startsWith("x-")) continue;
    const response = readResponse(child(at, status), status, set, collector);
    if (response === undefined) whole = false;
    else responses.push(response);
  }
  return whole ? responses : [];
}

function readResponse(
  at: Located,
  status: string,
  set: DocumentSet,
  collector: SchemaCollector,
): ResponseContract | undefined {
  const place = set.follow(at);
  if (place === undefined) return undefined;
  const known = statusOf(status);
  if (known === undefined) {
    set.lose(at, `'${status}' is not a status`, {
      expected: "a status such as 200, a range such as 4XX, or default",
    });
    return undefined;
  }
  const headers = readHeaders(child(place, "headers"), set, collector);
  return { status: known, content: readContent(child(place, "content"), set, collector), headers };
}

/** Ranges are often written in small letters. */
const statusOf = (status: string): string | undefined =>
  /^([1-5]\d\d|[1-5]XX|default)$/.test(status)
    ? status
    : /^[1-5]xx$/.test(status)
      ? status.toUpperCase()
      : undefined;

function readHeaders(
  at: Located,
  set: DocumentSet,
  collector: SchemaCollector,
): ResponseContract["headers"] {
  if (!isRecord(at.value)) return {};
  const headers = Object.keys(at.value).flatMap((name) => {
    const header = set.follow(child(at, name));
    if (header === undefined) return [];
    const schema = child(header, "schema");
    const required = isRecord(header.value) && header.value["required"] === true;
    const declared = isRecord(schema.value) ? { schema: collector.schema(schema) } : {};
    return [[name, { required, ...declared }] as const];
  });
  return Object.fromEntries(headers);
}
