import { join } from "node:path";
import { compileHashName } from "@portcullis/guard/records";
import type { AdminAct } from "../admin/answer-request.ts";
import type { Records } from "../admin/records/records.ts";
import { openSubject } from "../keys/sealed-subjects.ts";
import type { Policy } from "../policy/program-policy.ts";
import type { RecordIntake } from "../watch/record-intake.ts";
import type { RecordPage, RecordQuestion } from "../watch/record-page.ts";
import { KeptRecords } from "../watch/kept/kept-records.ts";
import type { Keeping } from "../watch/kept/record-store.ts";
import { UnansweredFault } from "../watch/kept/store-questions.ts";

const dayMs = 86_400_000;

/** How long records are kept, as the policy says, or where it says nothing of it. */
export const keepingOf = ({ record }: Pick<Policy, "record">): Keeping => ({
  rawMs: record?.keep?.raw ?? 7 * dayMs,
  minutesMs: record?.keep?.minutes ?? 2 * dayMs,
  hoursMs: record?.keep?.hours ?? 400 * dayMs,
  mostBytes: record?.keep?.mostBytes ?? 20 * 1024 ** 3,
  passedShare: record?.sample?.passed ?? 1,
});

/** @returns undefined where the policy does not ask for it: then nothing of it is even loaded */
export function keepRecords(
  policy: Policy,
  directory: string,
  say: (message: string) => void,
): KeptRecords | undefined {
  const { keep } = policy.record ?? {};
  if (keep === undefined) return undefined;
  return new KeptRecords({
    folder: join(directory, "records"),
    form: keep.form,
    keeping: keepingOf(policy),
    say,
  });
}

/**
 * What is kept, the newest of this moment among it. While nobody answers for that, the newest that
 * are held here, and what is missing is said.
 *
 * @throws CursorFault @throws UnansweredFault where a page behind the first is asked for
 */
export async function findRecords(
  intake: RecordIntake,
  kept: KeptRecords | undefined,
  question: RecordQuestion,
): Promise<RecordPage> {
  if (kept === undefined) return intake.find(question);
  intake.take();
  try {
    return await kept.find(question);
  } catch (fault) {
    if (!(fault instanceof UnansweredFault) || question.cursor !== undefined) throw fault;
    const { items } = intake.find(question);
    const missing = [
      `only the newest are here, since what is kept did not answer: ${fault.message}`,
    ];
    return { items, next: undefined, missing };
  }
}

export interface AskedOfRecords {
  readonly serving: { readonly policy: Policy };
  readonly recordSecret: Uint8Array;
  readonly subjectKeys: readonly Uint8Array[];
  readonly records: RecordIntake;
  readonly kept: KeptRecords | undefined;
  readonly administrations: { readonly note: (act: AdminAct) => Promise<void> } | undefined;
}

/** What the admin API asks of records; counts and people only where records are kept. */
export const askedOfRecords = (asked: AskedOfRecords): Omit<Records, "evidence" | "sources"> => ({
  records: (question) => findRecords(asked.records, asked.kept, question),
  watch: (viewer, after) => asked.records.watch(viewer, after),
  keptMs: () => keepingOf(asked.serving.policy).rawMs,
  hashName: compileHashName(asked.recordSecret),
  series: asked.kept?.series.bind(asked.kept),
  revealing: revealingOf(asked),
});

function revealingOf({ administrations, kept, subjectKeys }: AskedOfRecords): Records["revealing"] {
  if (kept === undefined || administrations === undefined) return undefined;
  return {
    reveal: async (pseudonym) => {
      const sealed = await kept.sealedSubject(pseudonym);
      return sealed === undefined ? undefined : openSubject(subjectKeys, pseudonym, sealed);
    },
    note: ({ actor }, pseudonym, because) =>
      administrations.note({
        actor,
        operationId: "revealPseudonym",
        path: { pseudonym, because },
        why: undefined,
      }),
  };
}
