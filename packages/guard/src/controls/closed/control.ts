import { refuse } from "../../facts/refusal.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { problems } from "./problems.ts";

/** Apps that all wait equally long come back all at once. */
const retryAfterSeconds = 60;

/**
 * The kill switch. The step refuses whatever comes to it: for whom it stands is its mode, which is
 * off unless the policy or a switch names it. So it is staged by app version and share of callers,
 * and can be observed first, as every control can.
 */
export const closed = defineControl({
  name: "closed",
  sentence: "Whether the operation is switched off.",
  modeKeys: [
    {
      key: "closed",
      kind: "own",
      sentence: "Whether the operation is switched off, for whom the mode says.",
    },
  ],
  keys: {},
  problems: [problems],
  request: {
    refuse: step({ title: "switched off", mode: "closed", needs: ["app"], gives: [] }),
  },
  compile: (_own, { api }) => ({
    request: {
      // The issuer's pages are how people come back in: who switches everything off means the API.
      refuse: api?.issuer === true ? undefined : switchedOff,
    },
  }),
});

const refusal = refuse(problems["operation-switched-off"], { retryAfterSeconds });
const switchedOff: Check<"app"> = () => refusal;
