import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import type { Interaction } from "./finish.ts";

/** What the app asks for that it was not given yet. */
interface Missing {
  readonly missingOIDCScope?: string[];
  readonly missingOIDCClaims?: string[];
  readonly missingResourceScopes?: Readonly<Record<string, string[]>>;
}

/** What a person is asked to allow; undefined where the interaction asks for no consent. */
export function consentView({
  params,
  prompt,
}: Interaction): { readonly client: string; readonly scopes: readonly string[] } | undefined {
  if (prompt.name !== "consent") return undefined;
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details as Missing;
  const scopes = [...missingOIDCScope, ...Object.values(missingResourceScopes).flat()];
  return {
    client: textOf(params["client_id"]) ?? "",
    scopes: scopes.filter((scope) => scope !== "openid"),
  };
}

/** Gives the app what it asked for, or tells it that the person did not allow it. */
export async function answerConsent(
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
  { grantId, params, prompt, session }: Interaction,
  allowed: boolean,
): Promise<void> {
  if (!allowed)
    return provider.interactionFinished(
      request,
      response,
      { error: "access_denied", error_description: "the person did not allow it" },
      { mergeWithLastSubmission: false },
    );
  const grant =
    (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
    new provider.Grant({ accountId: session?.accountId, clientId: textOf(params["client_id"]) });
  const { missingOIDCClaims, missingOIDCScope, missingResourceScopes } = prompt.details as Missing;
  if (missingOIDCScope !== undefined) grant.addOIDCScope(missingOIDCScope.join(" "));
  if (missingOIDCClaims !== undefined) grant.addOIDCClaims(missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {}))
    grant.addResourceScope(resource, scopes.join(" "));
  return provider.interactionFinished(
    request,
    response,
    { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true },
  );
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;
