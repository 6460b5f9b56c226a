import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileCors } from "./cors.ts";
import { type CorsPlan, planCors } from "./plan.ts";
import { keys } from "./policy.ts";

export const cors = defineControl({
  name: "cors",
  sentence: "Which pages of other origins may call the API and read its answers.",
  keys,
  problems: [],
  names: ({ cors: setting }): Record<string, readonly string[]> =>
    setting === undefined ? {} : { origin: setting.origins },
  plan: planCors,
  open: (plan: CorsPlan | undefined, _ports: unknown, { methodsAt }) =>
    plan === undefined ? undefined : compileCors(plan, methodsAt),
  first: {
    preflight: step({
      title: "preflight",
      mode: undefined,
      needs: ["admitted", "fields", "path"],
      gives: [],
    }),
  },
  compileFirst: (live) => ({ preflight: live?.preflight }),
  everyAnswer: (live) => live?.everyAnswer,
  // The issuer decides this for its own endpoints: which pages may call them depends on the client.
  compile: (_own, { api, live }) =>
    api?.issuer === true ? {} : { everyAnswer: live?.everyAnswer },
});
