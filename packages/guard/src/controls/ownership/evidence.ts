import type { Operation, SchemaRegistry } from "../../document/api-document.ts";
import type { AnswerCheck, Check } from "../check.ts";
import { knownBy, type OwnerEvidence } from "./owner-evidence.ts";
import { namedPlaces } from "./plan-request-place.ts";
import { compileReadIds } from "./request-place.ts";

/**
 * Refuses nothing. Where no rule says whose the object is, this counts who is named in path and
 * query, so that a rule can be proposed from the requests that really come.
 */
export function compileCountParameters(
  name: string,
  operation: Operation,
  schemas: SchemaRegistry,
  evidence: OwnerEvidence,
): Check<"caller" | "pathParameters" | "query"> | undefined {
  const readers = namedPlaces(operation, schemas).map(({ name: parameter, place }) => ({
    parameter,
    read: compileReadIds(place, true),
  }));
  if (readers.length === 0) return undefined;
  return (known) => {
    const { caller } = known;
    if (caller === undefined) return undefined;
    for (const { parameter, read } of readers) {
      const ids = read(known);
      for (const id of "unread" in ids ? [""] : ids)
        evidence.noteParameter(name, parameter, id, knownBy(caller));
    }
    return undefined;
  };
}

/** Counts whom the answers of a GET name. */
export const compileCountAnswers = (
  name: string,
  evidence: OwnerEvidence,
): AnswerCheck<"caller"> => ({
  body({ caller }, answer, { status }) {
    if (caller !== undefined && status === 200) evidence.noteAnswer(name, answer, knownBy(caller));
    return undefined;
  },
});
