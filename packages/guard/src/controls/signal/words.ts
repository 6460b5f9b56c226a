import { rolesWithTarget } from "../../reading/operation-roles.ts";
import type { Words } from "../control.ts";
import type { SignalPlan } from "./plan.ts";

const blind =
  "[operations have|operation has] a role and no target: who is guessed at is not seen " +
  "(target: body.<property>)";

/** How operations are called that people sign in by. */
const signsIn = /(?:^|[^a-z])(?:log[-_ ]?in|sign[-_ ]?in|signin|authenticate)(?:$|[^a-z])/i;
const unwatched =
  "[operations look|operation looks] like sign-in, and no detector watches [them|it] (role: sign-in)";

export const words: Words<undefined, SignalPlan | undefined> = {
  findings(own, { name, operation }) {
    if (own !== undefined)
      return rolesWithTarget.has(own.role) && own.target === undefined
        ? [{ kind: blind, what: `${name} (${own.role})` }]
        : [];
    const { method, operationId = "", pathTemplate } = operation;
    const spelled = operationId.replaceAll(/([a-z])([A-Z])/g, "$1 $2");
    return method === "POST" && [spelled, pathTemplate].some((text) => signsIn.test(text))
      ? [{ kind: unwatched, what: name }]
      : [];
  },
};
