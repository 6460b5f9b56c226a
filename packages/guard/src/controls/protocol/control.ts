import { headerProblems } from "../../facts/header-fields.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileArrive } from "./arrive.ts";
import { compileClientAddress } from "./client-address.ts";
import { planProtocol } from "./plan.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";

export const protocol = defineControl({
  name: "protocol",
  sentence:
    "One reading of the request, or none: what the gate and the backend could read differently " +
    "is never passed on, because no other control could be trusted about it.",
  modeKeys: [
    {
      key: "protocol",
      kind: "always",
      sentence:
        "One reading of the request, or none: a request that the gate and the backend could read " +
        "differently is never passed on.",
    },
  ],
  keys,
  problems: [headerProblems, problems],
  plan: planProtocol,
  first: {
    arrive: step({
      title: "arrive",
      mode: undefined,
      needs: [],
      gives: ["path", "query", "address", "traceId", "fields", "forwardFields"],
    }),
  },
  compileFirst: (_live, { trustedProxies }) => ({
    arrive: compileArrive(compileClientAddress(trustedProxies)),
  }),
});
