import type { SchemaRegistry } from "../../document/api-document.ts";
import type { ResponseTable } from "../../document/responses.ts";
import { notYours } from "../../facts/absent.ts";
import { compileClaim } from "../../facts/caller.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import type { AnswerCheck } from "../check.ts";
import { compileFilterForeign, type Filtered } from "./filter-foreign.ts";
import type { ClauseAt } from "./judge-request.ts";
import { nobody } from "./owner-clause.ts";
import type { ForeignPlan } from "./plan-foreign.ts";
import { recountFields } from "./recount-fields.ts";

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** The owner that the answer names must be the caller. Undefined where no clause asks the answer. */
export function compileOwnerByAnswer(
  clauses: readonly ClauseAt[],
): AnswerCheck<"caller" | "ownerPending" | "pathParameters" | "query"> | undefined {
  const judged = clauses.flatMap(({ bit, clause: { judgeAnswer, tell } }) =>
    judgeAnswer === undefined ? [] : [{ bit, judgeAnswer, tell }],
  );
  if (judged.length === 0) return undefined;
  const places = clauses.map(({ clause }) => clause.looksAt);
  return {
    ...(places.includes(undefined) ? {} : { looksAt: places.flatMap((one) => one ?? []) }),
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
    body(known, answer, { status }) {
      const { caller, ownerPending } = known;
      if (ownerPending === 0 || status >= 300) return undefined;
      if (caller === undefined) return nobody;
      for (const { bit, judgeAnswer, tell } of judged) {
        const refusal = (ownerPending & bit) === 0 ? undefined : judgeAnswer(answer, caller, known);
        if (refusal !== undefined) return tell(refusal, known, caller);
      }
      return undefined;
    },
  };
}

/**
 * Cuts a list of the answer to the caller's own, in place of refusing it. What tells of the list is
 * counted again even where nothing was cut: the rest of it may be others'.
 */
export function compileCutForeign(
  plan: ForeignPlan,
  responses: ResponseTable,
  schemas: SchemaRegistry,
): AnswerCheck<"caller"> {
  const { counts, exceptRoles, is } = plan;
  const ownerOf = compileClaim(is);
  const filter = compileFilterForeign(plan, responses, schemas);
  const fieldNames = { totals: new Set(counts.totals), keep: new Set(counts.keep) };
  return {
    readsSuccess: true,
    // The head of an answer, and whether it has changed, tell of the list too.
    readsAlways: true,
    reads: (_known, { status }) => isSuccess(status),
    unread: (_known, _head, detail) => notYours(detail),
    body({ caller }, answer, head) {
      if (head.status >= 300) return undefined;
      if (caller !== undefined && exceptRoles.some((role) => caller.roles.includes(role)))
        return undefined;
      const owner = caller === undefined ? undefined : ownerOf(caller);
      const found = filter(answer, head, owner);
      if (isRefusal(found)) return found;
      const removed = found.sent - found.shown;
      return {
        ...(removed === 0 ? {} : { because: notYours(`${removed} elements of others`) }),
        change: (value) =>
          value === answer ? found.value : changed(filter(value, head, owner), value),
        fields: (headers) => recountFields(headers, found, fieldNames),
      };
    },
  };
}

const changed = (found: Filtered | Refusal, value: unknown): unknown =>
  isRefusal(found) ? value : found.value;
