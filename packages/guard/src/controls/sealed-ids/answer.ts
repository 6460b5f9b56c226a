import type { SchemaRegistry } from "../../document/api-document.ts";
import type { ResponseTable } from "../../document/responses.ts";
import { compileReplaceMarked } from "../../document/schema/marked-properties.ts";
import { notYours } from "../../facts/absent.ts";
import type { AnswerCheck, AnswerHead } from "../check.ts";
import { compileSealOne, sealLink } from "./seal-link.ts";
import type { Sealing } from "./sealing.ts";

export interface SealAnswer {
  /** Holds back an answer whose ids cannot be sealed because it cannot be read. */
  readonly hold: AnswerCheck<never>;
  /** Seals what leaves, last of all. */
  readonly seal: AnswerCheck<"app" | "caller">;
}

export function compileSealAnswer(
  sealing: Sealing,
  responses: ResponseTable,
  schemas: SchemaRegistry,
): SealAnswer {
  const replaces = responses.all.map(({ schema }) =>
    compileReplaceMarked(schema, schemas, sealing.plan.marks),
  );
  const replaceOf = ({ response }: AnswerHead) =>
    response === undefined ? undefined : replaces[response.index];
  return {
    hold: {
      readsSuccess: responses.describesSuccess,
      reads: (_known, head) => replaceOf(head) !== undefined,
      unread: (_known, head, detail) =>
        replaceOf(head) === undefined ? undefined : notYours(detail),
    },
    seal: {
      link: (known, link) => sealLink(sealing, known, link),
      body(known, _value, head) {
        const replace = replaceOf(head);
        if (replace === undefined) return undefined;
        const seal = compileSealOne(sealing, known);
        return { change: (value) => replace(value, ([kind], id) => seal(kind as string, id)) };
      },
    },
  };
}
