import { operationRoles } from "../reading/operation-roles.ts";
import type { AnswerOutcome } from "./reserved.ts";
import type { Signal } from "./signal.ts";

type Said = Pick<Signal, "isKeyShown" | "outcome" | "role" | "wasShown">;

const outcomes: readonly AnswerOutcome[] = [undefined, "failure", "success", "other"];
const shown: readonly (boolean | undefined)[] = [undefined, false, true];

const roleAt = 1;
const outcomeAt = 5;
const keyAt = 7;
const shownAt = 8;

/** What of a signal is not a hash, in one word that is never zero. */
export const signalWord = ({ isKeyShown, outcome, role, wasShown }: Said): number =>
  1 |
  ((role === undefined ? 0 : operationRoles.indexOf(role) + 1) << roleAt) |
  (outcomes.indexOf(outcome) << outcomeAt) |
  ((isKeyShown ? 1 : 0) << keyAt) |
  (shown.indexOf(wasShown) << shownAt);

export const roleOfWord = (word: number): Signal["role"] =>
  operationRoles[((word >> roleAt) & 15) - 1];
export const outcomeOfWord = (word: number): AnswerOutcome => outcomes[(word >> outcomeAt) & 3];
export const isKeyShownInWord = (word: number): boolean => ((word >> keyAt) & 1) === 1;
export const wasShownInWord = (word: number): boolean | undefined => shown[(word >> shownAt) & 3];
