import type { Problem } from "../../facts/problem.ts";
import { boundProblems, problems } from "./problems.ts";

/** Codes of RFC 6455 section 7.4.1. */
export const closeCodes = {
  goingAway: 1001,
  malformed: 1002,
  /** Never sent: the other end gave no code. */
  absent: 1005,
  /** Never sent: the connection was lost. */
  lost: 1006,
  notText: 1007,
  refused: 1008,
  tooLarge: 1009,
  /** What the caller is told when the backend is at fault. */
  unexpected: 1011,
} as const;

const byProblem: ReadonlyMap<Problem, number> = new Map<Problem, number>([
  [problems["frame-malformed"], closeCodes.malformed],
  [problems["message-not-text"], closeCodes.notText],
  [boundProblems["message-too-large"], closeCodes.tooLarge],
  [boundProblems["websocket-idle"], closeCodes.goingAway],
  [boundProblems["websocket-over"], closeCodes.goingAway],
]);

/** What who has caused it is told. The reason beside it is the problem's code. */
export const closeCodeOf = (problem: Problem): number =>
  byProblem.get(problem) ?? closeCodes.refused;

/** Codes that may stand in a close frame: those of the registry that are for ends, and free ones. */
export const maySend = (code: number): boolean =>
  (code >= 1000 &&
    code <= 1014 &&
    code !== 1004 &&
    code !== closeCodes.absent &&
    code !== closeCodes.lost) ||
  (code >= 3000 && code <= 4999);
