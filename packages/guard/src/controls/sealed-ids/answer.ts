import type { Operation } from "../../document/api-document.ts";
import { contentless, type ResponseTable, untyped } from "../../document/responses.ts";
import { compileReplaceMarked } from "../../document/schema/marked-properties.ts";
import { isUnnamed, leavesOf, shapeOf } from "../../document/undeclared-answer.ts";
import { notYours } from "../../facts/absent.ts";
import { refuse } from "../../facts/refusal.ts";
import type { AnswerCheck, AnswerHead } from "../check.ts";
import type { ApiAt } from "../compile-context.ts";
import { problems } from "./problems.ts";
import { compileSealOne, sealLink } from "./seal-link.ts";
import type { Sealing } from "./sealing.ts";

export interface SealAnswer {
  /** Holds back an answer whose ids cannot be sealed because it cannot be read. */
  readonly hold: AnswerCheck<never>;
  /** Seals what leaves, last of all. */
  readonly seal: AnswerCheck<"app" | "caller">;
}

const unsealable = refuse(problems["ids-unsealable"], {
  detail: "nothing says where the ids of the answer stand",
});

export function compileSealAnswer(
  sealing: Sealing,
  operation: Operation,
  responses: ResponseTable,
  { document: { schemas }, responseSchemas }: ApiAt,
): SealAnswer {
  const replaces = responses.all.map(({ schema }) =>
    compileReplaceMarked(schema, schemas, sealing.plan.marks),
  );
  const checks = responses.all.map(({ schema }) =>
    schema === undefined ? undefined : responseSchemas.compile(schema),
  );
  /** A status that is named without its content is no ground for ids to leave. */
  const asUnnamed = (head: AnswerHead): AnswerHead =>
    isUndescribed(head) && head.response === contentless
      ? { ...head, response: head.contentType === undefined ? untyped : undefined }
      : head;
  const replaceOf = (head: AnswerHead) => {
    const shape = shapeOf(responses, asUnnamed(head));
    return shape === undefined ? undefined : replaces[shape.index];
  };
  const showsIds = replaces.some((replace) => replace !== undefined);
  const hasIds =
    showsIds ||
    operation.parameters.some(({ name }) => Object.hasOwn(sealing.plan.parameters, name));
  /** Whether the document does not say what this very answer holds. */
  const isUndescribed = ({ bodyless, response }: AnswerHead): boolean =>
    hasIds &&
    !bodyless &&
    (response === undefined || response === untyped || (response === contentless && showsIds));
  /** Whether its ids stand where those of the nearest shape do. */
  const fitsNearest = (head: AnswerHead, value: unknown): boolean => {
    const shape = shapeOf(responses, asUnnamed(head));
    return shape !== undefined && checks[shape.index]?.(value) === undefined;
  };
  return {
    hold: {
      readsSuccess: responses.describesSuccess,
      head(_known, head) {
        const judged = asUnnamed(head);
        return hasIds && isUnnamed(judged)
          ? { instead: leavesOf(responses, judged), because: unsealable }
          : undefined;
      },
      reads: (_known, head) => isUndescribed(head) || replaceOf(head) !== undefined,
      unread: (_known, head, detail) =>
        isUndescribed(head) || replaceOf(head) !== undefined ? notYours(detail) : undefined,
    },
    seal: {
      link: (known, link) => sealLink(sealing, known, link),
      body(known, value, head) {
        if (isUndescribed(head) && !fitsNearest(head, value)) return unsealable;
        const replace = replaceOf(head);
        if (replace === undefined) return undefined;
        const seal = compileSealOne(sealing, known);
        return { change: (one) => replace(one, ([kind], id) => seal(kind as string, id)) };
      },
    },
  };
}
