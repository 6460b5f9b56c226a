import { objectProblems } from "../../facts/absent.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileSealAnswer } from "./answer.ts";
import type { IdSealer } from "./id-sealer.ts";
import { compileOpenBody } from "./open-body.ts";
import { compileOpenParameters } from "./open-parameters.ts";
import { planSealedIds, type SealedPlan } from "./plan.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { compileSealing } from "./sealing.ts";
import { words } from "./words.ts";

export interface SealedIdsPorts {
  /** What seals and opens ids; needed where the policy seals any. */
  readonly sealer?: IdSealer | undefined;
}

export const sealedIds = defineControl({
  name: "sealed-ids",
  sentence: "Object ids that leave as handles, and open for their reader alone.",
  keys,
  problems: [objectProblems, problems],
  plan: planSealedIds,
  open(plan: SealedPlan | undefined, { sealer }: SealedIdsPorts, { templateOf }) {
    if (plan === undefined) return undefined;
    if (sealer === undefined)
      throw new RangeError("the policy seals ids, and there is no key to seal them with");
    return compileSealing(plan, sealer, templateOf);
  },
  request: {
    open: step({
      title: "open ids",
      mode: "ownership",
      needs: ["app", "caller", "path", "pathParameters", "query"],
      gives: ["idsOpened", "path", "pathParameters", "query"],
    }),
    openBody: step({
      title: "open ids of the body",
      mode: "ownership",
      needs: ["app", "body", "bodyBytes", "bodyReading", "caller", "fields"],
      gives: ["body", "bodyBytes", "bodyIdsOpened"],
    }),
  },
  answer: {
    hold: step({ title: "hold ids", mode: "ownership", needs: [], gives: [] }),
    seal: step({
      title: "seal ids",
      mode: "ownership",
      needs: ["app", "caller", "shownNoted"],
      gives: [],
    }),
  },
  compile(_own, { api, live: sealing, operation, responses }) {
    if (sealing === undefined || api === undefined || operation === undefined) return {};
    const { schemas } = api.document;
    return {
      request: {
        open: compileOpenParameters(sealing, operation, schemas),
        openBody: compileOpenBody(sealing, operation, schemas),
      },
      answer: compileSealAnswer(sealing, operation, responses, api),
    };
  },
  words,
});
