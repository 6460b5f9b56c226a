import { interactionPolicy } from "oidc-provider";
import { type IssuerRules, strengths } from "./issuer-rules.ts";

/**
 * Signing in again where the operation asked for more than the session has (RFC 9470), which the
 * provider leaves to its user.
 */
export function promptPolicy(
  rules: Pick<IssuerRules, "isFirstParty">,
): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.get("login")?.checks.add(
    new interactionPolicy.Check(
      "acr_values",
      "a stronger sign-in is asked for",
      "login_required",
      ({ oidc }) => {
        const asked = textOf(oidc.params?.["acr_values"])
          .split(" ")
          .filter((value) => strengths.includes(value));
        return (
          asked.length > 0 &&
          !asked.some(
            (value) => strengths.indexOf(oidc.session?.acr ?? "") >= strengths.indexOf(value),
          )
        );
      },
    ),
  );
  const consent = policy.get("consent");
  // Users of the operator's own app are not asked for consent: app and API are the same company's.
  for (const reason of [
    "native_client_prompt",
    "op_scopes_missing",
    "op_claims_missing",
    "rs_scopes_missing",
  ]) {
    const check = consent?.checks.get(reason);
    if (check === undefined || consent === undefined) continue;
    const { check: original } = check;
    check.check = (context) =>
      rules.isFirstParty(context.oidc.client?.clientId ?? "") ? false : original(context);
  }
  return policy;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
