import type { RawAnswer } from "./raw-answer.ts";
import { rowsOfBodies } from "./rows-of-bodies.ts";
import { rowsOfEnds } from "./rows-of-ends.ts";
import { rowsOfHeads } from "./rows-of-heads.ts";

/** All raw answers, with what must be made of each. */
export const corpus: readonly RawAnswer[] = [...rowsOfHeads, ...rowsOfBodies, ...rowsOfEnds];
