import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { Once, ReplayState } from "../../state/replay.ts";
import type { Check } from "../check.ts";
import { type BindingRules, compileBindingCheck, nextNonce, type Proven } from "./binding.ts";
import { proofRefusal } from "./dpop-proof.ts";
import { problems } from "./problems.ts";

/**
 * Whether the caller still holds what its token was bound to. Everything that can be judged alone
 * is judged first; only a proof that is good is remembered as used.
 */
export function compileProve(
  rules: BindingRules,
  replay: ReplayState,
): Check<"accessToken" | "caller" | "fields" | "path"> {
  const check = compileBindingCheck(rules);
  return (known) => {
    const { accessToken, answerFields, arrival, caller, fields, path, receivedAtMs } = known;
    if (caller === undefined || accessToken === undefined) return undefined;
    const now = Math.floor(receivedAtMs / 1000);
    const outcome = check(
      {
        method: arrival.method,
        path,
        accessToken,
        authorization: fields.authorization,
        proof: fields.dpop,
        certificateThumbprint:
          caller.boundCertificate === undefined
            ? undefined
            : arrival.clientCertificate?.()?.thumbprint,
      },
      caller,
      now,
    );
    if (outcome === undefined || isRefusal(outcome)) return outcome;
    const next = nextNonce(outcome.proof, rules.nonces, now);
    if (next !== undefined) answerFields.push("DPoP-Nonce", next);
    return useOnce(outcome, replay);
  };
}

function useOnce(
  { keyThumbprint, proof }: Proven,
  replay: ReplayState,
): Refusal | undefined | Promise<Refusal | undefined> {
  const once = replay.useOnce(keyThumbprint, proof.jti, proof.lifeSeconds);
  if (typeof once === "string") return judge(once);
  return once.then(judge, (fault: unknown) =>
    refuse(problems["proof-memory-lost"], {
      detail: (fault as Error).message,
      retryAfterSeconds: 2,
    }),
  );
}

function judge(once: Once): Refusal | undefined {
  if (once === "first") return undefined;
  return once === "again"
    ? proofRefusal(problems["proof-replayed"], "its jti was used before")
    : refuse(problems["proof-memory-full"], {
        detail: "one key makes more proofs than are remembered for it",
        retryAfterSeconds: 10,
      });
}
