import { refuse, type Refusal } from "../refusal.ts";

/** How strongly, and how lately, the caller must have signed in (RFC 9470). */
export interface StepUpRule {
  /** One of these must be the token's `acr`; empty when the strength does not matter. */
  readonly acr: readonly string[];
  readonly withinSeconds: number | undefined;
  /** Only where the body says so; always when undefined. */
  readonly when: StepUpCondition | undefined;
}

export interface StepUpCondition {
  readonly pointer: readonly string[];
  /** The number at the pointer is above this. A number that is missing or none is taken for the worst. */
  readonly over: number;
}

/** Undefined when the caller is signed in strongly enough. */
export function compileStepUp({ acr, when, withinSeconds }: StepUpRule): (claims: Readonly<Record<string, unknown>> | undefined, body: unknown, nowSeconds: number) => Refusal | undefined {
  const challenge = ['Bearer error="insufficient_user_authentication"', 'error_description="a stronger or fresher sign-in is needed"', ...(acr.length === 0 ? [] : [`acr_values="${acr.join(" ")}"`]), ...(withinSeconds === undefined ? [] : [`max_age="${withinSeconds}"`])].join(", ");
  const refusal = (detail: string): Refusal => refuse("step-up-needed", { detail, headers: [["WWW-Authenticate", challenge]] });
  return (claims, body, nowSeconds) => {
    if (when !== undefined && !isOver(body, when)) return undefined;
    if (claims === undefined) return refusal("nobody is signed in");
    if (acr.length > 0 && !(typeof claims["acr"] === "string" && acr.includes(claims["acr"]))) return refusal(`acr is ${typeof claims["acr"] === "string" ? JSON.stringify(claims["acr"].slice(0, 60)) : "absent"}`);
    if (withinSeconds === undefined) return undefined;
    const { auth_time: signedInAt } = claims;
    if (typeof signedInAt !== "number" || !Number.isFinite(signedInAt)) return refusal("auth_time is absent");
    return nowSeconds - signedInAt > withinSeconds ? refusal(`signed in ${Math.round(nowSeconds - signedInAt)} seconds ago`) : undefined;
  };
}

function isOver(body: unknown, { over, pointer }: StepUpCondition): boolean {
  let at = body;
  for (const token of pointer) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return true;
    at = (at as Record<string, unknown>)[token];
  }
  return typeof at !== "number" || at > over;
}
