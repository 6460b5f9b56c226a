import { headerProblems } from "../../facts/header-fields.ts";
import { step } from "../check.ts";
import type { EveryAnswer } from "../control.ts";
import { defineControl } from "../control.ts";
import { compileArrive } from "./arrive.ts";
import { compileClientAddresses } from "./client-address.ts";
import { RequestFieldRules } from "./field-rules.ts";
import { compileListedFields } from "./listed-fields.ts";
import { compileOneSpelling } from "./one-spelling.ts";
import { planOperationFields, planProtocol, type ProtocolPlan } from "./plan.ts";
import { keys } from "./policy.ts";
import { listedProblems, problems } from "./problems.ts";
import { words } from "./words.ts";

export interface ProtocolPorts {
  /**
   * What Strict-Transport-Security says (RFC 6797) on answers to requests that came encrypted;
   * absent where nothing is said.
   */
  readonly strictTransportSecurity?: string | undefined;
}

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
    {
      key: "headers",
      kind: "settable",
      sentence: "Header fields that no document declares, where only listed ones are to go on.",
      answers: "Nothing is refused: the fields are taken out, and their names are recorded.",
    },
  ],
  keys,
  problems: [headerProblems, problems, listedProblems],
  plan: planProtocol,
  planOperation: planOperationFields,
  open: (
    { accepted, cleartextServed, read, trustedProxies }: ProtocolPlan,
    { strictTransportSecurity }: ProtocolPorts,
  ) => ({
    addresses: compileClientAddresses(trustedProxies),
    callers: new RequestFieldRules(read, []),
    proxies: new RequestFieldRules(read, accepted),
    refuseCleartext: !cleartextServed,
    everyAnswer:
      strictTransportSecurity === undefined
        ? undefined
        : compileStrictTransport(strictTransportSecurity),
  }),
  first: {
    arrive: step({
      title: "arrive",
      mode: undefined,
      needs: [],
      gives: [
        "path",
        "query",
        "address",
        "scheme",
        "traceId",
        "fields",
        "forwardFields",
        "fieldDoubts",
      ],
    }),
  },
  compileFirst: (live) => ({ arrive: compileArrive(live) }),
  everyAnswer: ({ everyAnswer }) => everyAnswer,
  request: {
    oneSpelling: step({
      title: "one spelling of fields",
      mode: undefined,
      needs: ["fieldDoubts"],
      gives: ["forwardFields"],
    }),
    listed: step({
      title: "listed fields",
      mode: "headers",
      needs: ["bindingJudged", "caller"],
      gives: ["forwardFields"],
    }),
  },
  compile: ({ declared }, { live, whole: { accepted, listedOnly, read } }) => ({
    everyAnswer: live.everyAnswer,
    request: {
      oneSpelling: compileOneSpelling(declared, live.callers),
      listed: listedOnly
        ? compileListedFields([...declared, ...read, ...accepted], live.callers)
        : undefined,
    },
  }),
  words,
});

/** Said by the gate alone: a backend that knows nothing of the way in is not heard. */
const compileStrictTransport = (value: string): EveryAnswer => ({
  replaces: ["strict-transport-security"],
  add({ answerFields, scheme }) {
    // RFC 6797 section 7.2: never on an answer that travels in the clear.
    if (scheme === "https") answerFields.push("Strict-Transport-Security", value);
  },
});
