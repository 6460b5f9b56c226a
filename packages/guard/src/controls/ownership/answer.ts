import { notYours } from "../../facts/absent.ts";
import { compileClaim } from "../../facts/caller.ts";
import type { AnswerCheck } from "../check.ts";
import { filterForeign } from "./filter-foreign.ts";
import type { ClauseAt } from "./judge-request.ts";
import { nobody } from "./owner-clause.ts";
import type { OwnersPlan } from "./plan.ts";

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** The owner that the answer names must be the caller. Undefined where no clause asks the answer. */
export function compileOwnerByAnswer(
  clauses: readonly ClauseAt[],
): AnswerCheck<"caller" | "ownerPending"> | undefined {
  const judged = clauses.flatMap(({ bit, clause: { judgeAnswer } }) =>
    judgeAnswer === undefined ? [] : [{ bit, judgeAnswer }],
  );
  if (judged.length === 0) return undefined;
  return {
    readsSuccess: true,
    readsAlways: true,
    // What the backend does not have is answered as what is another's: the difference would tell
    // which ids exist.
    head: (_known, { status }) => (status === 404 ? "absent" : undefined),
    reads: ({ ownerPending }, { status }) => ownerPending !== 0 && isSuccess(status),
    bodyless: ({ ownerPending }, { status }) =>
      ownerPending !== 0 && isSuccess(status)
        ? notYours("an answer without a body does not name an owner")
        : undefined,
    unread: ({ ownerPending }, _head, detail) =>
      ownerPending === 0 ? undefined : notYours(detail),
    body({ caller, ownerPending }, answer, { status }) {
      if (ownerPending === 0 || status >= 300) return undefined;
      if (caller === undefined) return nobody;
      for (const { bit, judgeAnswer } of judged) {
        const refusal = (ownerPending & bit) === 0 ? undefined : judgeAnswer(answer, caller);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
  };
}

/** Cuts a list of the answer to the caller's own, in place of refusing it. */
export function compileCutForeign({
  exceptRoles,
  is,
  pointer,
}: NonNullable<OwnersPlan["foreign"]>): AnswerCheck<"caller"> {
  const ownerOf = compileClaim(is);
  return {
    readsSuccess: true,
    reads: (_known, { status }) => isSuccess(status),
    unread: (_known, _head, detail) => notYours(detail),
    body({ caller }, answer, { status }) {
      if (status >= 300) return undefined;
      if (caller !== undefined && exceptRoles.some((role) => caller.roles.includes(role)))
        return undefined;
      const owner = caller === undefined ? undefined : ownerOf(caller);
      const found = filterForeign(answer, pointer, owner);
      if (found === undefined) return undefined;
      return {
        because: notYours(`${found.removed} elements of others`),
        change: (value) => filterForeign(value, pointer, owner)?.value ?? value,
      };
    },
  };
}
