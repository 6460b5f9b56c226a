import type { MediaTypeContract } from "./api-document.ts";
import type { SchemaCollector } from "./collect-schemas.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/** Reads media types by name, each with what it holds. */
export function readContent(
  at: Located,
  set: DocumentSet,
  collector: SchemaCollector,
): MediaTypeContract[] {
  if (at.value === undefined) return [];
  if (!isRecord(at.value)) {
    set.lose(at, "content does not hold media types by name", {
      expected: "content: { application/json: { schema: ... } }",
    });
    return [];
  }
  return Object.keys(at.value).map((mediaType) => {
    const place = set.follow(child(at, mediaType));
    if (place === undefined) return { mediaType };
    const schema = child(place, "schema");
    const encoding = child(place, "encoding").value;
    return {
      mediaType,
      ...(schema.value === undefined ? {} : { schema: collector.schema(schema) }),
      ...(isRecord(encoding)
        ? { encoding: encoding as NonNullable<MediaTypeContract["encoding"]> }
        : {}),
    };
  });
}
