import type { AnswerCheck } from "../check.ts";
import type { LeaveFacts } from "../control.ts";

const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/**
 * Whether an operation may change who a session belongs to: those that the policy names, and writes
 * that anybody may do, such as sign-in. A session that somebody else has begun before sign-in
 * (session fixation) then is nobody's for no moment longer.
 */
export const mayChangeCaller = (method: string, anonymous: boolean, isNamed: boolean): boolean =>
  isNamed || (anonymous && !safeMethods.has(method));

/**
 * Forgets what is remembered of the credential before the answer leaves: whoever has been told that
 * a session has begun or ended must find it so. A 401 of the backend ends it as well.
 */
export const compileForget = (
  method: string,
  mayChange: boolean,
): AnswerCheck<"caller" | "rememberedCaller"> => ({
  head({ caller, rememberedCaller }, { status }) {
    const isBegun = caller === undefined && !safeMethods.has(method);
    if (mayChange || isBegun || status === 401) rememberedCaller?.forget();
    return undefined;
  },
});

/** The same where no answer came, and the backend may have done it. */
export const forgetOnLeave = (mayChange: boolean): ((known: LeaveFacts) => void) | undefined =>
  mayChange
    ? ({ forwarded, rememberedCaller }) => {
        if (forwarded) rememberedCaller?.forget();
      }
    : undefined;
