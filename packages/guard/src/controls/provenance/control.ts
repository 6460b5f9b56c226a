import { objectProblems } from "../../facts/absent.ts";
import type { ProvenanceState } from "../../state/provenance.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileNoteShown } from "./answer.ts";
import { compileRecall } from "./recall.ts";
import { planProvenance, type ProvenancePlan } from "./plan.ts";
import { keys } from "./policy.ts";
import { words } from "./words.ts";

export interface ProvenancePorts {
  /** Where it is kept what callers were shown; needed where the policy asks for it. */
  readonly provenance?: ProvenanceState | undefined;
}

export const provenance = defineControl({
  name: "provenance",
  sentence: "Remembers which ids answers have shown to whom, for owner rules that ask it.",
  keys,
  problems: [objectProblems],
  names: ({ provenance: kinds }): Record<string, readonly string[]> => ({
    kind: Object.keys(kinds ?? {}),
  }),
  plan: planProvenance,
  open: (plan: ProvenancePlan, { provenance: state }: ProvenancePorts) =>
    plan === undefined || state === undefined ? undefined : { plan, state },
  request: {
    recall: step({
      title: "recall shown ids",
      mode: "ownership",
      needs: ["caller", "idsOpened", "pathParameters"],
      gives: ["wasShown"],
    }),
  },
  answer: {
    note: step({
      title: "note shown ids",
      mode: "ownership",
      needs: [
        "body",
        "bodyAbsent",
        "bodyBytes",
        "caller",
        "fields",
        "forwardFields",
        "idsOpened",
        "bodyIdsOpened",
        "pathParameters",
        "query",
        "stripped",
      ],
      gives: ["shownNoted"],
    }),
  },
  compile(_own, { api, live, name, operation, responses }) {
    if (live === undefined || api === undefined || api.issuer) return {};
    const { schemas } = api.document;
    const { plan, state } = live;
    return {
      // Redis is not asked for what nobody waits for.
      request: { recall: plan.together ? undefined : compileRecall(operation, plan, state) },
      answer: { note: compileNoteShown(responses, schemas, plan, name, state) },
    };
  },
  words,
});
