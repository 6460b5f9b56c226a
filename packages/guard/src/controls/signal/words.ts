import { isNamedLikeSignIn } from "../../document/named-like-sign-in.ts";
import { rolesWithTarget } from "../../reading/operation-roles.ts";
import type { Words } from "../control.ts";
import type { SignalPlan } from "./plan.ts";

const blind =
  "[operations have|operation has] a role and no target: who is guessed at is not seen " +
  "(target: body.<property>)";

const unwatched =
  "[operations look|operation looks] like sign-in, and no detector watches [them|it] (role: sign-in)";

export const words: Words<undefined, SignalPlan | undefined> = {
  findings(own, { name, operation }) {
    if (own !== undefined)
      return rolesWithTarget.has(own.role) && own.target === undefined
        ? [{ kind: blind, what: `${name} (${own.role})` }]
        : [];
    return isNamedLikeSignIn(operation) ? [{ kind: unwatched, what: name }] : [];
  },
};
