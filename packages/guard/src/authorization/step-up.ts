import { compileAlike } from "../names-alike.ts";
import { refuse, type Refusal } from "../refusal.ts";

/** How strongly, and how lately, the caller must have signed in (RFC 9470). */
export interface StepUpRule {
  /** The token must name a key or a certificate that only its bearer has. */
  readonly bound: boolean;
  /** The device must have been confirmed: by a sign-in with two proofs on it (`device_trusted`). */
  readonly trustedDevice: boolean;
  /** One of these must be the token's `acr`; empty when the strength does not matter. */
  readonly acr: readonly string[];
  readonly withinSeconds: number | undefined;
  /** Only where the body says so; always when undefined. */
  readonly when: StepUpCondition | undefined;
}

export type StepUpCondition =
  /** The number at the pointer, or one of them (`*`), is above this. A number that is missing or none is taken for the worst. */
  | { readonly pointer: readonly string[]; readonly over: number }
  /** Outside these minutes of the day, which may reach over midnight, in a time zone. */
  | { readonly fromMinute: number; readonly toMinute: number; readonly zone: string };

/** Undefined when the caller is signed in strongly enough. */
export function compileStepUp({ acr, bound, trustedDevice, when, withinSeconds }: StepUpRule): (claims: Readonly<Record<string, unknown>> | undefined, body: unknown, nowSeconds: number) => Refusal | undefined {
  const challenge = ['Bearer error="insufficient_user_authentication"', 'error_description="a stronger or fresher sign-in is needed"', ...(acr.length === 0 ? [] : [`acr_values="${acr.join(" ")}"`]), ...(withinSeconds === undefined ? [] : [`max_age="${withinSeconds}"`])].join(", ");
  const refusal = (detail: string): Refusal => refuse("step-up-needed", { detail, headers: [["WWW-Authenticate", challenge]] });
  const unbound = refuse("token-unbound", { detail: "this operation asks for a bound token", headers: [["WWW-Authenticate", 'DPoP error="invalid_token"']] });
  // What makes a device trusted is a sign-in with two proofs on it: the same challenge leads there.
  const untrusted = refuse("device-untrusted", { detail: "device_trusted is not true", headers: [["WWW-Authenticate", 'Bearer error="insufficient_user_authentication", error_description="this device has not been confirmed yet", acr_values="mfa", max_age="300"']] });
  const isOutside = when !== undefined && "zone" in when ? compileOutside(when) : undefined;
  const isOver = when !== undefined && "pointer" in when ? compileIsOver(when) : undefined;
  return (claims, body, nowSeconds) => {
    if (isOutside !== undefined && !isOutside(nowSeconds)) return undefined;
    if (isOver !== undefined && !isOver(body)) return undefined;
    if (claims === undefined) return refusal("nobody is signed in");
    if (bound && claims["cnf"] === undefined) return unbound;
    if (trustedDevice && claims["device_trusted"] !== true) return untrusted;
    if (acr.length > 0 && !(typeof claims["acr"] === "string" && acr.includes(claims["acr"]))) return refusal(`acr is ${typeof claims["acr"] === "string" ? JSON.stringify(claims["acr"].slice(0, 60)) : "absent"}`);
    if (withinSeconds === undefined) return undefined;
    const { auth_time: signedInAt } = claims;
    if (typeof signedInAt !== "number" || !Number.isFinite(signedInAt)) return refusal("auth_time is absent");
    return nowSeconds - signedInAt > withinSeconds ? refusal(`signed in ${Math.round(nowSeconds - signedInAt)} seconds ago`) : undefined;
  };
}

/** Read once a minute: formatting a time in a zone costs more than the rest of the judgement. */
function compileOutside({ fromMinute, toMinute, zone }: Extract<StepUpCondition, { zone: string }>): (nowSeconds: number) => boolean {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  let [minute, outside] = [-1, false];
  return (nowSeconds) => {
    const now = Math.floor(nowSeconds / 60);
    if (now === minute) return outside;
    const [hours = 0, minutes = 0] = clock.format(new Date(now * 60_000)).split(":").map(Number);
    const ofDay = hours * 60 + minutes;
    minute = now;
    outside = fromMinute <= toMinute ? ofDay < fromMinute || ofDay >= toMinute : ofDay < fromMinute && ofDay >= toMinute;
    return outside;
  };
}

function compileIsOver({ over, pointer }: Extract<StepUpCondition, { pointer: readonly string[] }>): (body: unknown) => boolean {
  return pointer.reduceRight<(value: unknown) => boolean>((isOver, name) => {
    if (name === "*") return (value) => !Array.isArray(value) || value.some(isOver);
    const isAlike = compileAlike(name);
    // The same name in another spelling is another amount to some servers.
    return (value) => typeof value !== "object" || value === null || !Object.hasOwn(value, name) || Object.keys(value).some(isAlike) || isOver((value as Record<string, unknown>)[name]);
  }, (value) => typeof value !== "number" || value > over);
}
