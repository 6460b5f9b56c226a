import { bindingProblems } from "../../facts/binding.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { stepUpProblems } from "../../facts/step-up-problems.ts";
import { compileAlike } from "../../reading/names-alike.ts";
import { problems } from "./problems.ts";

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
  /**
   * The number at the pointer, or one of them (`*`), is above this. A value that is missing or is
   * no number counts as above it, so that leaving it out does not help.
   */
  | { readonly pointer: readonly string[]; readonly over: number }
  /** Outside these minutes of the day, which may reach over midnight, in a time zone. */
  | { readonly fromMinute: number; readonly toMinute: number; readonly zone: string };

type Claims = Readonly<Record<string, unknown>>;

/**
 * Undefined when the caller is signed in strongly enough. `claims` are undefined where nobody is
 * signed in.
 */
export type JudgeStrength = (
  claims: Claims | undefined,
  body: unknown,
  nowSeconds: number,
) => Refusal | undefined;

export function compileStepUp(rule: StepUpRule): JudgeStrength {
  const { when } = rule;
  const needed = compileNeeded(rule);
  const judges = [
    ...(rule.bound ? [judgeBound] : []),
    ...(rule.trustedDevice ? [judgeDevice] : []),
    ...(rule.acr.length === 0 ? [] : [compileJudgeAcr(rule.acr, needed)]),
    ...(rule.withinSeconds === undefined ? [] : [compileJudgeAge(rule.withinSeconds, needed)]),
  ];
  const applies = when === undefined ? () => true : compileApplies(when);
  return (claims, body, nowSeconds) => {
    if (!applies(body, nowSeconds)) return undefined;
    if (claims === undefined) return needed("nobody is signed in");
    for (const judge of judges) {
      const refusal = judge(claims, nowSeconds);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
}

type Judge = (claims: Claims, nowSeconds: number) => Refusal | undefined;
type Needed = (detail: string) => Refusal;

/** The challenge of RFC 9470 section 3. */
function compileNeeded({ acr, withinSeconds }: StepUpRule): Needed {
  const challenge = [
    'Bearer error="insufficient_user_authentication"',
    'error_description="a stronger or fresher sign-in is needed"',
    ...(acr.length === 0 ? [] : [`acr_values="${acr.join(" ")}"`]),
    ...(withinSeconds === undefined ? [] : [`max_age="${withinSeconds}"`]),
  ].join(", ");
  return (detail) =>
    refuse(stepUpProblems["step-up-needed"], {
      detail,
      headers: [["WWW-Authenticate", challenge]],
    });
}

const unbound = refuse(bindingProblems["token-unbound"], {
  detail: "this operation asks for a bound token",
  headers: [["WWW-Authenticate", 'DPoP error="invalid_token"']],
});

const judgeBound: Judge = (claims) => (claims["cnf"] === undefined ? unbound : undefined);

/** What makes a device trusted is a sign-in with two proofs on it: the challenge leads there. */
const untrusted = refuse(problems["device-untrusted"], {
  detail: "device_trusted is not true",
  headers: [
    [
      "WWW-Authenticate",
      [
        'Bearer error="insufficient_user_authentication"',
        'error_description="this device has not been confirmed yet"',
        'acr_values="mfa"',
        'max_age="300"',
      ].join(", "),
    ],
  ],
});

const judgeDevice: Judge = (claims) => (claims["device_trusted"] === true ? undefined : untrusted);

function compileJudgeAcr(wanted: readonly string[], needed: Needed): Judge {
  return ({ acr }) => {
    if (typeof acr !== "string") return needed("acr is absent");
    return wanted.includes(acr) ? undefined : needed(`acr is ${JSON.stringify(acr.slice(0, 60))}`);
  };
}

function compileJudgeAge(withinSeconds: number, needed: Needed): Judge {
  return ({ auth_time: signedInAt }, nowSeconds) => {
    if (typeof signedInAt !== "number" || !Number.isFinite(signedInAt))
      return needed("auth_time is absent");
    const age = nowSeconds - signedInAt;
    return age > withinSeconds ? needed(`signed in ${Math.round(age)} seconds ago`) : undefined;
  };
}

function compileApplies(when: StepUpCondition): (body: unknown, nowSeconds: number) => boolean {
  if ("zone" in when) {
    const isOutside = compileOutside(when);
    return (_body, nowSeconds) => isOutside(nowSeconds);
  }
  const isOver = compileIsOver(when);
  return (body) => isOver(body);
}

/** Read once a minute: formatting a time in a zone costs more than the rest of the judgement. */
function compileOutside({
  fromMinute,
  toMinute,
  zone,
}: Extract<StepUpCondition, { zone: string }>): (nowSeconds: number) => boolean {
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  let [minute, outside] = [-1, false];
  return (nowSeconds) => {
    const now = Math.floor(nowSeconds / 60);
    if (now === minute) return outside;
    const [hours = 0, minutes = 0] = clock
      .format(new Date(now * 60_000))
      .split(":")
      .map(Number);
    const ofDay = hours * 60 + minutes;
    minute = now;
    outside =
      fromMinute <= toMinute
        ? ofDay < fromMinute || ofDay >= toMinute
        : ofDay < fromMinute && ofDay >= toMinute;
    return outside;
  };
}

function compileIsOver({
  over,
  pointer,
}: Extract<StepUpCondition, { pointer: readonly string[] }>): (body: unknown) => boolean {
  return pointer.reduceRight<(value: unknown) => boolean>(
    (isOver, name) => {
      if (name === "*") return (value) => !Array.isArray(value) || value.some(isOver);
      const isAlike = compileAlike(name);
      // Some servers read the other spelling of the name, and so another amount than the one judged
      // here.
      return (value) =>
        typeof value !== "object" ||
        value === null ||
        !Object.hasOwn(value, name) ||
        Object.keys(value).some(isAlike) ||
        isOver((value as Record<string, unknown>)[name]);
    },
    (value) => typeof value !== "number" || value > over,
  );
}
