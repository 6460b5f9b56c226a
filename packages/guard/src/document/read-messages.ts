import type { MessageContract } from "./api-document.ts";
import type { SchemaCollector } from "./collect-schemas.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/** The extension by which an operation with WebSockets describes their messages. */
export const messagesKey = "x-portcullis-messages";

const directions = ["request", "response"] as const;

/** Reads `x-portcullis-messages: { request: <schema>, response: <schema> }` of an operation. */
export function readMessages(
  operation: Located,
  set: DocumentSet,
  collector: SchemaCollector,
): MessageContract | undefined {
  const place = child(operation, messagesKey);
  if (place.value === undefined) return undefined;
  const at = set.follow(place);
  if (at === undefined) return undefined;
  if (!isRecord(at.value)) {
    set.lose(at, `${messagesKey} is not an object`, { expected: "request, response or both" });
    return undefined;
  }
  for (const key of Object.keys(at.value))
    if (!directions.some((direction) => direction === key))
      set.lose(child(at, key), `'${key}' is no direction of messages`, {
        expected: "request, response or both",
      });
  const responses = child(operation, "responses").value;
  if (!isRecord(responses) || !Object.hasOwn(responses, "101"))
    set.tolerate(place, "messages are described, and no answer 101 is declared", {
      mend: 'Add "101": { description: ... } to the responses, or take the messages out.',
    });
  return Object.fromEntries(
    directions.flatMap((direction) => {
      const schema = child(at, direction);
      return schema.value === undefined ? [] : [[direction, collector.schema(schema)]];
    }),
  );
}
