import type { RestrictedProperties } from "../../document/schema/strip-undeclared.ts";
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
      answers: "Nothing is refused for it: the record's `stripped` names what was taken.",
    },
  ],
  keys,
  problems: [problems],
  plan: ({ visible }, context): RestrictedProperties =>
    planPropertyRoles("visible", visible, context),
  answer: {
    strip: step({
      title: "disclosure",
      mode: "disclosure",
      needs: ["answerOwnerJudged", "caller"],
      gives: ["declaredAnswer", "stripped"],
    }),
  },
  compile: (_own, { api, responses, whole }) =>
    api === undefined
      ? {}
      : { answer: { strip: compileDisclose(responses, api.document.schemas, whole) } },
});
