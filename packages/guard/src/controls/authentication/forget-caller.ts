import { isSafeMethod } from "../../reading/methods.ts";
import type { AnswerCheck } from "../check.ts";
import type { LeaveFacts } from "../control.ts";

export interface ForgetRules {
  readonly method: string;
  /** Whether anybody may use the operation, signed in or not. */
  readonly anonymous: boolean;
  /** Whether the policy says that it ends or changes sessions (`forgetOn`). */
  readonly isNamed: boolean;
}

/**
 * Whether an operation may change who a session belongs to: those that the policy names, and writes
 * that anybody may do, such as sign-in. A session that somebody else has begun before sign-in
 * (session fixation) then is nobody's for no moment longer.
 */
const mayChangeCaller = ({ anonymous, isNamed, method }: ForgetRules): boolean =>
  isNamed || (anonymous && !isSafeMethod(method));

/**
 * Forgets what is remembered of the credential before the answer leaves: whoever has been told that
 * a session has begun or ended must find it so. A 401 of the backend ends it as well, but where
 * anybody may call: there it speaks of what was asked, such as a password.
 */
export function compileForget(rules: ForgetRules): AnswerCheck<"caller" | "rememberedCaller"> {
  const { anonymous, isNamed, method } = rules;
  const mayChange = mayChangeCaller(rules);
  return {
    head({ caller, rememberedCaller }, { status }) {
      if (rememberedCaller === undefined) return undefined;
      const isBegun = caller === undefined && !isSafeMethod(method);
      if (isNamed || (status === 401 && !anonymous)) rememberedCaller.forget();
      else if (mayChange || isBegun || status === 401) rememberedCaller.doubt();
      return undefined;
    },
  };
}

/** The same where no answer came, and the backend may have done it. */
export const forgetOnLeave = (rules: ForgetRules): ((known: LeaveFacts) => void) | undefined =>
  mayChangeCaller(rules)
    ? ({ forwarded, rememberedCaller }) => {
        if (!forwarded) return;
        if (rules.isNamed) rememberedCaller?.forget();
        else rememberedCaller?.doubt();
      }
    : undefined;
