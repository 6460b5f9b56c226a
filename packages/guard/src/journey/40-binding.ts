import { type BindingRules, type BoundRequest, compileBindingCheck, nextNonce, type Proven } from "../credentials/binding.ts";
import type { Check } from "../exchange.ts";
import { proofRefusal } from "../credentials/dpop-proof.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { Once, ReplayState } from "../state/replay.ts";
import type { JourneyExchange } from "./step.ts";

/**
 * Step 40, second half. Whether the caller still holds what its token was bound to. Everything that can be judged alone
 * is judged first; only a proof that is good is remembered as used.
 */
export function prepareBinding(rules: BindingRules, replay: ReplayState): Check<JourneyExchange> {
  const check = compileBindingCheck(rules);
  return (exchange) => {
    const { accessToken, arrival, known, path, principal } = exchange;
    if (principal === undefined || accessToken === undefined) return undefined;
    const now = Math.floor(exchange.receivedAtMs / 1000);
    const request: BoundRequest = { method: arrival.method, path, accessToken, authorization: known.authorization, proof: known.dpop, certificateThumbprint: principal.boundCertificate === undefined ? undefined : arrival.clientCertificate?.()?.thumbprint };
    const outcome = check(request, principal, now);
    if (outcome === undefined || "code" in outcome) return outcome;
    const next = nextNonce(outcome.proof, rules.nonces, now);
    if (next !== undefined) exchange.answerHeaders.push("DPoP-Nonce", next);
    return useOnce(outcome, replay);
  };
}

function useOnce({ keyThumbprint, proof }: Proven, replay: ReplayState): Refusal | undefined | Promise<Refusal | undefined> {
  const once = replay.useOnce(keyThumbprint, proof.jti, proof.lifeSeconds);
  if (typeof once === "string") return judge(once);
  return once.then(judge, (fault: unknown) => refuse("proof-memory-lost", { detail: (fault as Error).message, retryAfterSeconds: 2 }));
}

function judge(once: Once): Refusal | undefined {
  if (once === "first") return undefined;
  return once === "again" ? proofRefusal("proof-replayed", "its jti was used before") : refuse("proof-memory-full", { detail: "one key makes more proofs than are remembered for it", retryAfterSeconds: 10 });
}
