import { mayBeBound } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Once, ReplayState } from "../../state/replay.ts";
import type { Check } from "../check.ts";
import { type BindingRules, compileBindingCheck, nextNonce } from "./binding.ts";
import type { DpopProof } from "./dpop-proof.ts";
import { possessionProblems, problems } from "./problems.ts";
import { proofRefusal } from "./signed-proof.ts";

/**
 * Whether the caller still holds what its token was bound to. Everything that can be judged alone
 * is judged first; only a proof that is good is remembered as used.
 */
export function compileProve(
  rules: BindingRules,
  replay: ReplayState,
): Check<"accessToken" | "caller" | "fields" | "path", "keyShown"> {
  const check = compileBindingCheck(rules);
  return (known) => {
    const { accessToken, answerFields, arrival, caller, fields, path, receivedAtMs } = known;
    const { clockDoubtSeconds } = known;
    if (caller === undefined || accessToken === undefined || !mayBeBound(caller)) return undefined;
    const now = Math.floor(receivedAtMs / 1000);
    const { keyShown, proof, refusal } = check(
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
      { nowSeconds: now, doubtSeconds: clockDoubtSeconds },
    );
    known.keyShown = keyShown;
    if (proof === undefined) return refusal;
    const next = nextNonce(proof, rules.nonces, now);
    if (next !== undefined) answerFields.push("DPoP-Nonce", next);
    return useOnce(proof, replay);
  };
}

const bearer = proofRefusal(
  possessionProblems["bound-token-as-bearer"],
  "nothing shows that the caller holds the token's key",
);

/**
 * A token that names a key opens nothing for who does not show that key, whatever the stage of
 * `binding`: a thief would leave out the field that the stage goes by.
 */
export const refuseBearer: Check<"keyShown"> = ({ keyShown }) => (keyShown ? undefined : bearer);

function useOnce(
  { jti, keyThumbprint, lifeSeconds }: DpopProof,
  replay: ReplayState,
): Refusal | undefined | Promise<Refusal | undefined> {
  const once = replay.useOnce(keyThumbprint, jti, lifeSeconds);
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
