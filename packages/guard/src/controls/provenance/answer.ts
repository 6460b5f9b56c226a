import type { SchemaRegistry } from "../../document/api-document.ts";
import type { ResponseTable } from "../../document/responses.ts";
import {
  compileReplaceMarked,
  type ReplaceMarked,
} from "../../document/schema/marked-properties.ts";
import type { ProvenanceState } from "../../state/provenance.ts";
import type { AnswerCheck, AnswerHead } from "../check.ts";
import type { ProvenancePlan } from "./plan.ts";

const isRead = ({ contentType, status }: AnswerHead): boolean =>
  status >= 200 && status < 300 && (contentType ?? "").includes("json");

/**
 * Remembers the ids that an answer shows its reader, wherever its schema says they are; what was
 * created is shown too. Stands behind what cuts and strips: only what leaves was shown.
 */
export function compileNoteShown(
  responses: ResponseTable,
  schemas: SchemaRegistry,
  shown: NonNullable<ProvenancePlan>,
  state: ProvenanceState,
): AnswerCheck<"caller"> | undefined {
  const byResponse = responses.all.map(({ schema }) =>
    compileReplaceMarked(schema, schemas, shown),
  );
  const all = byResponse.filter((visit) => visit !== undefined);
  if (all.length === 0) return undefined;
  /** An answer that the document does not name shows what it shows all the same. */
  const visitsOf = ({ response }: AnswerHead): readonly ReplaceMarked[] => {
    const visit = response === undefined ? undefined : byResponse[response.index];
    if (response === undefined) return all;
    return visit === undefined ? [] : [visit];
  };
  return {
    readsSuccess: true,
    reads: (_known, head) => isRead(head),
    body({ caller }, answer, head) {
      if (caller === undefined || head.status >= 300) return undefined;
      const names: string[] = [];
      for (const visit of visitsOf(head))
        visit(answer, (kinds, id) => {
          if (typeof id === "string" || typeof id === "number")
            for (const kind of kinds) names.push(`${kind}\n${id}`);
          return id;
        });
      if (names.length > 0) state.note(caller.subject, names);
      return undefined;
    },
  };
}
