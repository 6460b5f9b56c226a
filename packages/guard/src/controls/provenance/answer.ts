import type { SchemaRegistry } from "../../document/api-document.ts";
import type { ResponseTable } from "../../document/responses.ts";
import {
  compileReplaceMarked,
  type ReplaceMarked,
} from "../../document/schema/marked-properties.ts";
import type { ProvenanceState } from "../../state/provenance.ts";
import type { AnswerCheck, AnswerHead } from "../check.ts";
import { idsNamedBy } from "./named-by-request.ts";
import type { ProvenancePlan } from "./plan.ts";

/** What an answer that shows ids is held against. */
export type Noting =
  | "body"
  | "bodyAbsent"
  | "bodyBytes"
  | "caller"
  | "fields"
  | "forwardFields"
  | "pathParameters"
  | "query";

interface Shown {
  readonly kind: string;
  readonly id: string;
}

const isRead = ({ contentType, status }: AnswerHead): boolean =>
  status >= 200 && status < 300 && (contentType ?? "").includes("json");

/**
 * Remembers the ids that an answer shows its reader, wherever its schema says they are; what was
 * created is shown too. What the request itself named is not: an answer that only repeats it would
 * make any guess an id that was shown. Stands behind what cuts and strips: only what leaves was
 * shown.
 *
 * @param operation by name: the policy may say that it is a source of ids that its requests name
 */
export function compileNoteShown(
  responses: ResponseTable,
  schemas: SchemaRegistry,
  { marks, sources }: Pick<NonNullable<ProvenancePlan>, "marks" | "sources">,
  operation: string,
  state: ProvenanceState,
): AnswerCheck<Noting> | undefined {
  const byResponse = responses.all.map(({ schema }) =>
    compileReplaceMarked(schema, schemas, marks),
  );
  const all = byResponse.filter((visit) => visit !== undefined);
  if (all.length === 0) return undefined;
  /**
   * An answer that the document does not declare shows its ids as well. They are looked for by the
   * schemas of all the operation's responses.
   */
  const visitsOf = ({ response }: AnswerHead): readonly ReplaceMarked[] => {
    const visit = response === undefined ? undefined : byResponse[response.index];
    if (response === undefined) return all;
    return visit === undefined ? [] : [visit];
  };
  const isSource = (kind: string): boolean =>
    Object.hasOwn(sources, kind) && sources[kind]?.includes(operation) === true;
  return {
    readsSuccess: true,
    reads: (_known, head) => isRead(head),
    body(known, answer, head) {
      if (known.caller === undefined || head.status >= 300) return undefined;
      const found = visitsOf(head).flatMap((visit) => shownIn(answer, visit));
      if (found.length === 0) return undefined;
      const isNamed = idsNamedBy(known);
      const names = found
        .filter(({ id, kind }) => isSource(kind) || !isNamed(id))
        .map(({ id, kind }) => `${kind}\n${id}`);
      if (names.length > 0) state.note(known.caller.key, names);
      return undefined;
    },
  };
}

function shownIn(answer: unknown, visit: ReplaceMarked): readonly Shown[] {
  const shown: Shown[] = [];
  visit(answer, (kinds, id) => {
    if (typeof id === "string" || typeof id === "number")
      for (const kind of kinds) shown.push({ kind, id: String(id) });
    return id;
  });
  return shown;
}
