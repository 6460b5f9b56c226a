import type { RestrictedProperties } from "../../document/schema/strip-undeclared.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt } from "../../policy/join-context.ts";
import { planPropertyRoles } from "../../policy/schema-property.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileDisclose } from "./answer.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";

export const disclosure = defineControl({
  name: "disclosure",
  sentence: "What leaves: only what the document declares, and the caller's roles may see.",
  modeKeys: [
    {
      key: "disclosure",
      kind: "settable",
      sentence:
        "What the document does not declare, and what the caller's roles may not see, leaves no answer.",
      answers:
        "The record's `stripped` names what was taken. An answer that the document does not name " +
        "leaves as its status, or as far as it fits the nearest shape.",
    },
  ],
  keys,
  problems: [problems],
  plan: ({ visible }, context): RestrictedProperties =>
    planPropertyRoles("visible", visible, context),
  planOperation: (entries: readonly EntryAt<typeof keys & CoreKeys>[]): string | undefined =>
    closestOf(entries, "cacheControl")?.value,
  answer: {
    strip: step({
      title: "disclosure",
      mode: "disclosure",
      needs: ["answerOwnerJudged", "caller"],
      gives: ["declaredAnswer", "stripped"],
    }),
  },
  compile(cacheControl, { api, operation, responses, whole }) {
    const keeping = { mode: "disclosure", cacheControl };
    // Where the document names no response at all, every answer is declared.
    return api === undefined || operation === undefined || operation.responses.length === 0
      ? { keeping }
      : { keeping, answer: { strip: compileDisclose(responses, api, whole) } };
  },
});
