import { refuse } from "../../facts/refusal.ts";
import { nameOnly } from "../../facts/name-only.ts";
import type { AnswerCheck } from "../check.ts";
import type { ApiAt } from "../compile-context.ts";
import type { Operation } from "../../document/api-document.ts";
import type { ResponseTable } from "../../document/responses.ts";
import { answerProblems } from "./problems.ts";

/**
 * Whether the backend's answer is as its document says: the status and media type must be declared,
 * and the body must fit. Properties that the document does not declare are left out of account,
 * because another control takes them away.
 */
export function compileAnswerFits(
  operation: Operation,
  responses: ResponseTable,
  { responseSchemas }: ApiAt,
): AnswerCheck<"declaredAnswer"> | undefined {
  if (operation.responses.length === 0) return undefined;
  const checks = responses.all.map(({ schema }) =>
    schema === undefined ? undefined : responseSchemas.compile(schema),
  );
  return {
    readsSuccess: responses.describesSuccess,
    head: (_known, { contentType, response, status }) =>
      response === undefined
        ? refuse(answerProblems["response-undeclared"], {
            detail: `status ${status} with ${contentType ?? "no content type"}`,
          })
        : undefined,
    reads: (_known, { response }) => response?.schema !== undefined,
    unread: (_known, _head, detail) => refuse(answerProblems["response-invalid"], { detail }),
    body({ declaredAnswer }, value, { response }) {
      const fault =
        response === undefined ? undefined : checks[response.index]?.(declaredAnswer ?? value);
      return fault === undefined
        ? undefined
        : refuse(answerProblems["response-invalid"], {
            detail: `${nameOnly(fault.pointer)} ${fault.message}`.slice(0, 500),
          });
    },
  };
}
