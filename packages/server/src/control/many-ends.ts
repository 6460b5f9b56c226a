import type { AuditTable } from "@portcullis/identity/store";
import { randomUUID } from "node:crypto";
import type { Reloads } from "./reloads.ts";

export interface ManyEndsOptions {
  readonly reloads: Pick<Reloads, "undoLast">;
  /** What ended threads were held against no longer serves. */
  readonly forgetEnds: () => void;
  /** Undefined where nothing is kept. */
  readonly audit: AuditTable | undefined;
  readonly say: (message: string) => void;
}

/**
 * Three gate threads have ended within a minute. Where the policy was changed just before, that
 * change is the likeliest reason, and is undone.
 */
export async function answerManyEnds(options: ManyEndsOptions): Promise<void> {
  const { audit, forgetEnds, reloads, say } = options;
  const many = "three gate threads have ended within a minute";
  const undone = await reloads.undoLast();
  if (undone === undefined) {
    say(`${many}, and no change of the policy in the last ten minutes can be the reason`);
    return;
  }
  if (undone.isUndone) forgetEnds();
  say(
    undone.isUndone
      ? `${many}: ${undone.words}. The files hold the change still: mend them before the next start.`
      : `${many}: ${undone.words}. If it is the reason, change the files back by hand.`,
  );
  await audit
    ?.add({
      id: randomUUID(),
      atMs: Date.now(),
      actor: "gate",
      action: undone.isUndone ? "policy-undone" : "policy-not-undone",
      about: "policy",
      details: { why: many, words: undone.words },
    })
    .catch((fault: unknown) => say(`the audit has no record of it: ${(fault as Error).message}`));
}
