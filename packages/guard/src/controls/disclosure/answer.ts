import { type DeclaredResponse, type ResponseTable, untyped } from "../../document/responses.ts";
import type { RestrictedProperties } from "../../document/schema/strip-undeclared.ts";
import { compileStrip } from "../../document/schema/strip-undeclared.ts";
import { isUnnamed, leavesOf, shapeOf } from "../../document/undeclared-answer.ts";
import { nameOnly } from "../../facts/name-only.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { AnswerCheck, AnswerHead } from "../check.ts";
import type { ApiAt } from "../compile-context.ts";
import { problems } from "./problems.ts";

const undeclared = (detail: string): Refusal => refuse(problems["answer-undeclared"], { detail });

const wordsOf = ({ contentType, status }: AnswerHead): string =>
  `status ${status} with ${contentType ?? "no content type"}`;

/**
 * Takes from an answer what the document does not declare, and what the caller's roles may not see.
 * Of an answer that the document does not name, only what fits the nearest shape leaves, or its
 * status.
 */
export function compileDisclose(
  responses: ResponseTable,
  { document: { schemas }, responseSchemas }: ApiAt,
  visible: RestrictedProperties,
): AnswerCheck<"caller", "declaredAnswer" | "stripped"> {
  const strips = responses.all.map(({ schema }) => compileStrip(schema, schemas, visible));
  const checks = responses.all.map(({ schema }) =>
    schema === undefined ? undefined : responseSchemas.compile(schema),
  );
  /** The shape is not the answer's own: what does not fit it may be anything. */
  const misfit = (
    head: AnswerHead,
    shape: DeclaredResponse,
    value: unknown,
  ): Refusal | undefined => {
    if (head.response === shape) return undefined;
    const fault = checks[shape.index]?.(value);
    return fault === undefined
      ? undefined
      : undeclared(`${wordsOf(head)}: ${nameOnly(fault.pointer)} ${fault.message}`);
  };
  return {
    readsSuccess: responses.describesSuccess,
    head: (_known, head) =>
      isUnnamed(head)
        ? { instead: leavesOf(responses, head), because: undeclared(wordsOf(head)) }
        : undefined,
    reads: (_known, head) =>
      shapeOf(responses, head) !== undefined || (head.response === untyped && !head.bodyless),
    unread: (_known, _head, detail) => refuse(problems["response-unreadable"], { detail }),
    body(known, value, head) {
      const shape = shapeOf(responses, head);
      if (shape === undefined)
        return head.response === untyped ? undeclared(wordsOf(head)) : undefined;
      const strip = strips[shape.index];
      const roles = known.caller?.roles ?? [];
      const kept = strip?.(value, roles);
      const refusal = misfit(head, shape, kept === undefined ? value : kept.value);
      if (refusal !== undefined) return refusal;
      if (strip === undefined || kept === undefined) return undefined;
      known.stripped = kept.stripped;
      known.declaredAnswer = kept.value;
      return { change: (one) => strip(one, roles)?.value ?? one };
    },
  };
}
