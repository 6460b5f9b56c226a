import { object, optional } from "./object-shape.ts";
import { plainValue, pointer } from "./scalars.ts";
import { integer, oneOrMore, type Read } from "./shape.ts";

/** What a failure is: by its status, or by what stands at a place of another answer's body. */
export interface FailureRule {
  readonly statuses: readonly number[];
  readonly body:
    | { readonly pointer: string; readonly equals: string | number | boolean }
    | undefined;
}

export const failureSetting = object({
  status: optional(
    oneOrMore(integer(300, 499)),
    "Statuses of answers that are failures (401, 403).",
  ),
  response: optional(pointer, "Where a failure stands in the body of another answer."),
  equals: optional(plainValue, "What stands there in a failure; needed with response."),
});

const usualStatuses: readonly number[] = [401, 403];

/** @param statuses of failures where the policy names none */
export function failureOf(
  failure: Read<typeof failureSetting> | undefined,
  statuses: readonly number[] = usualStatuses,
): FailureRule {
  if (failure === undefined) return { statuses, body: undefined };
  const { equals, response, status } = failure;
  return {
    statuses: status ?? (response === undefined ? statuses : []),
    body:
      response === undefined || equals === undefined ? undefined : { pointer: response, equals },
  };
}
