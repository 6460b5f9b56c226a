import { UnansweredFault } from "../../watch/kept/store-questions.ts";
import { CursorFault } from "../../watch/record-page.ts";
import { Refused } from "../route.ts";

/** @throws Refused where what is kept cannot answer just now, or nobody was given this cursor */
export async function orUnanswered<T>(asked: () => T | Promise<T>): Promise<T> {
  try {
    return await asked();
  } catch (fault) {
    if (fault instanceof CursorFault)
      throw new Refused(400, "'cursor' is not understood", "Expected `next` of a page before.");
    if (fault instanceof UnansweredFault)
      throw new Refused(503, "What is kept does not answer", `Of records: ${fault.message}.`);
    throw fault;
  }
}
