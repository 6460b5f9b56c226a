import type { Plan } from "@portcullis/guard";
import type { DecisionRecord } from "@portcullis/guard/records";
import { TestingGate } from "../test-policy/testing-gate.ts";
import { type Marked, markedRequests } from "./marked-requests.ts";
import { type Sinks, sinksOf } from "./sinks.ts";

/** A mark that was found where none may stand. */
export interface Hit {
  readonly operation: string;
  readonly place: string;
  readonly sink: string;
  /** What stands before it. */
  readonly before: string;
}

export interface Flown {
  readonly requests: number;
  readonly sinks: readonly string[];
  readonly hits: readonly Hit[];
}

const shownLetters = 60;

/**
 * Sends marked requests through the policy's own steps, in this process and before a backend that is
 * none, and looks for the marks in everything that is written of them.
 *
 * @param more reads what else is written
 */
export async function fly(
  plan: Plan,
  more: (sent: readonly unknown[]) => Sinks = () => ({}),
): Promise<Flown> {
  const gate = new TestingGate(plan);
  const tellsSubject = plan.record.plain.includes("subject");
  const sent: (Marked & { readonly operation: string })[] = [];
  const records: DecisionRecord[] = [];
  const happened: unknown[] = [];
  try {
    for (const operation of plan.apis.flatMap(({ document, issuer }) =>
      issuer ? [] : document.operations,
    ))
      for (const marked of markedRequests(operation, tellsSubject)) {
        const one = await gate.run(marked.test);
        sent.push({ ...marked, operation: operation.operationId ?? operation.key });
        records.push(one.record);
        happened.push(one.sent);
      }
  } finally {
    gate.close();
  }
  const sinks = { ...(await sinksOf(records)), ...more(happened) };
  const hits = Object.entries(sinks).flatMap(([sink, text]) =>
    sent.flatMap(({ mark, operation, place }) => {
      const at = text.indexOf(mark);
      const before = text.slice(Math.max(0, at - shownLetters), at);
      return at === -1 ? [] : [{ operation, place, sink, before }];
    }),
  );
  return { requests: sent.length, sinks: Object.keys(sinks), hits };
}
