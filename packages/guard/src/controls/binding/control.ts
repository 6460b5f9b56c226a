import type { Binding } from "../../facts/binding.ts";
import { bindingProblems } from "../../facts/binding.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import type { OnLoss } from "../../policy/state-setting.ts";
import type { ReplayState } from "../../state/replay.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import type { DpopNonces } from "./dpop-nonce.ts";
import { keys } from "./policy.ts";
import { possessionProblems, problems } from "./problems.ts";
import { compileProve, refuseBearer } from "./prove.ts";

export interface BindingPlan {
  readonly binding: Binding;
  readonly requireNonce: boolean;
  /** How far a proof's own time may be off, either way, before a nonce is asked for. */
  readonly windowSeconds: number;
  /**
   * A token that names a key is never taken without it, even where `binding` is only observed. The
   * built-in issuer names a key only for apps that have proved it; of other issuers that is not
   * known.
   */
  readonly neverBearer: boolean;
  /** Whether each process remembers proofs alone while what is shared is lost, or refuses them. */
  readonly onStateLoss: OnLoss;
}

/** What the program around the gate provides; needed where the policy asks for bound tokens. */
export interface BindingPorts {
  readonly proofs?: { readonly nonces: DpopNonces; readonly replay: ReplayState } | undefined;
}

const windowSeconds = 60;

export const binding = defineControl({
  name: "binding",
  sentence: "Whether the caller still holds the key or the certificate that its token names.",
  modeKeys: [
    {
      key: "binding",
      kind: "settable",
      sentence:
        "Whether the caller still holds the key or the certificate that its token was made for " +
        "(RFC 9449, RFC 8705).",
      answers: "Where a nonce is needed, DPoP-Nonce carries it.",
    },
    {
      key: "possession",
      kind: "always",
      sentence:
        "A token of the built-in issuer that names a key is never a bearer token: no stage of " +
        "`binding` opens it, only `binding: off` or `none`.",
    },
  ],
  keys,
  problems: [bindingProblems, possessionProblems, problems],
  plan: planBinding,
  open: (plan: BindingPlan, { proofs }: BindingPorts, { origin }) => {
    if (plan.binding === "none") return undefined;
    if (proofs === undefined || origin === undefined)
      throw new RangeError("the policy asks for bound tokens, and nothing can check their proofs");
    return {
      prove: compileProve(
        {
          ...plan,
          binding: plan.binding,
          saysConfidential: plan.neverBearer,
          origin,
          nonces: proofs.nonces,
        },
        proofs.replay,
      ),
      refuseBearer: plan.neverBearer ? refuseBearer : undefined,
    };
  },
  request: {
    prove: step({
      title: "authenticate binding",
      mode: "binding",
      needs: ["accessToken", "caller", "fields", "path"],
      gives: ["bindingJudged", "keyShown"],
    }),
    refuseBearer: step({
      title: "authenticate possession",
      mode: "binding",
      needs: ["keyShown"],
      gives: [],
    }),
  },
  compile: (_own, { api, live }) =>
    live === undefined || api === undefined || api.issuer ? {} : { request: live },
});

function planBinding(
  { identity, onStateLoss, publicUrl }: PolicyOf<typeof keys & CoreKeys>,
  { note }: JoinContext,
): BindingPlan {
  const unset = identity?.issuer === "builtin" ? "optional" : "none";
  const wanted = identity === undefined ? "none" : (identity.accessToken?.binding ?? unset);
  if (wanted !== "none" && publicUrl === undefined)
    note(["identity"], "proofs of possession are made for a public address, and none is named", {
      expected: "publicUrl: https://api.example.com",
    });
  return {
    binding: wanted,
    requireNonce: identity?.accessToken?.nonce === "required",
    windowSeconds,
    neverBearer: identity?.issuer === "builtin",
    onStateLoss: onStateLoss?.binding ?? "deny",
  };
}
