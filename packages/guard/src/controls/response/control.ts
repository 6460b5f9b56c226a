import { type Caller, handOf } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import { clientOf, programOf, shapeOf, SignalNames } from "../../facts/signal-names.ts";
import { stepUpProblems } from "../../facts/step-up-problems.ts";
import { abnormalUsage, usageProblems } from "../../facts/usage-problems.ts";
import type { OperationRole } from "../../reading/operation-roles.ts";
import type { ResponseRule, ResponseState } from "../../facts/response-rules.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";

/** Who is held to a response that revokes, as its source names it. */
export type HeldCaller = Pick<Caller, "key" | "sessionId" | "source" | "subject">;

export interface ResponsePorts {
  /** What is done about attacks just now; nothing without it. */
  readonly responses?: ResponseState | undefined;
  /** What signals name by: responses are about such names. */
  readonly signalSecret?: Uint8Array | undefined;
  /** A response revokes what this caller has been given. */
  readonly onHeldCaller?: ((rule: string, caller: HeldCaller) => void) | undefined;
}

export interface Live {
  readonly responses: ResponseState;
  readonly names: SignalNames;
  readonly onHeldCaller: NonNullable<ResponsePorts["onHeldCaller"]>;
}

/** Whoever must sign in again must be able to. */
const waysIn: ReadonlySet<OperationRole> = new Set([
  "sign-in",
  "one-time-code",
  "reset",
  "sign-up",
] as const);
const longestWaitSeconds = 3600;

/**
 * What detectors, or a person, do about an attack: about one key, for a while. No account is ever
 * locked: its owner can sign in anew.
 */
export const response = defineControl({
  name: "response",
  sentence: "Whether something is done about the caller because of an incident.",
  keys: {},
  problems: [usageProblems, stepUpProblems, signInProblems],
  open(_plan: undefined, ports: ResponsePorts): Live | undefined {
    const { onHeldCaller = () => undefined, responses, signalSecret } = ports;
    return responses === undefined || signalSecret === undefined
      ? undefined
      : { responses, names: new SignalNames(signalSecret), onHeldCaller };
  },
  request: {
    find: step({
      title: "response",
      mode: undefined,
      needs: ["actingJudged", "address", "bindingJudged", "caller"],
      gives: ["held", "urgency"],
    }),
    signInAgain: step({
      title: "response: sign in again",
      mode: undefined,
      needs: ["caller", "held", "role"],
      gives: [],
    }),
    quarantine: step({
      title: "response: quarantine",
      mode: "pressure",
      needs: ["held"],
      gives: [],
    }),
  },
  compile(_own, { api, live, name }) {
    if (live === undefined) return {};
    const { names, onHeldCaller, responses } = live;
    return {
      request: {
        find(known) {
          if (responses.isEmpty) return;
          const { arrival, caller, receivedAtMs } = known;
          const { address, network } = names.whence(known.address);
          const { device, subject } = names.who(caller);
          const shape = (): number => shapeOf(arrival.rawHeaders, arrival.httpVersion);
          const client = (): number => clientOf(address, shape());
          const program = (): number => programOf(shape());
          const who = { address, client, device, network, program, subject };
          known.held = responses.find(who, receivedAtMs);
          if (known.held?.quarantine !== undefined)
            known.urgency = { ...known.urgency, priority: "background" };
        },
        // At the issuer's own pages people sign in.
        signInAgain:
          api?.issuer === true
            ? undefined
            : ({ caller, decisions, held, receivedAtMs, role }) => {
                if (held === undefined || caller === undefined) return undefined;
                if (role !== undefined && waysIn.has(role)) return undefined;
                const { revoke, stepUp } = held;
                if (revoke !== undefined && wasIssuedBefore(caller, revoke)) {
                  onHeldCaller(revoke.id, handOf(caller));
                  return refuse(signInProblems["token-revoked"], { detail: wordsOf(revoke) });
                }
                if (stepUp === undefined) return undefined;
                const refusal = judgeSignIn(caller, stepUp, receivedAtMs);
                if (refusal === undefined || tellsWhen(caller)) return refusal;
                // Its tokens never say when somebody signed in: nothing that the owner does would
                // open the account again.
                decisions.observe(refusal);
                return undefined;
              },
        quarantine: ({ held, receivedAtMs }) =>
          held?.quarantine?.operations.includes(name) === true
            ? refuse(usageProblems["usage-abnormal"], {
                detail: wordsOf(held.quarantine),
                type: abnormalUsage,
                retryAfterSeconds: waitOf(held.quarantine, receivedAtMs),
              })
            : undefined,
      },
    };
  },
});

const wordsOf = ({ act, id, kind }: ResponseRule): string => `${act} of this ${kind}, by ${id}`;

const secondsOf = (ms: number): number => Math.floor(ms / 1000);

const waitOf = ({ untilMs }: ResponseRule, nowMs: number): number =>
  Math.min(longestWaitSeconds, Math.max(1, secondsOf(untilMs - nowMs)));

/** A token that does not say when it was made is taken for the oldest. */
const wasIssuedBefore = ({ issuedAtSeconds = 0 }: Caller, { fromMs }: ResponseRule): boolean =>
  issuedAtSeconds <= secondsOf(fromMs);

const tellsWhen = ({ claims }: Caller): boolean => typeof claims["auth_time"] === "number";

/** The challenge of RFC 9470 section 3: the sign-in must be younger than the response. */
function judgeSignIn(caller: Caller, rule: ResponseRule, nowMs: number): Refusal | undefined {
  const { auth_time: signedInAt } = caller.claims;
  if (typeof signedInAt === "number" && signedInAt >= secondsOf(rule.fromMs)) return undefined;
  const within = Math.max(1, secondsOf(nowMs - rule.fromMs));
  return refuse(stepUpProblems["step-up-needed"], {
    detail: wordsOf(rule),
    headers: [
      [
        "WWW-Authenticate",
        'Bearer error="insufficient_user_authentication", ' +
          `error_description="a fresher sign-in is needed", max_age="${within}"`,
      ],
    ],
  });
}
