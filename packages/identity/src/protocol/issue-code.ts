import type { Provider } from "oidc-provider";
import { commit, type CommitOptions } from "../rotation/commit.ts";
import { giveAll } from "./grants.ts";
import type { IssuerRules } from "./issuer-rules.ts";
import { currentWork, UnitOfWork } from "../rotation/unit-of-work.ts";

/** What an authorization request and a sign-in say of a code. */
export interface CodeFacts {
  readonly accountId: string;
  /** The account's, under which the person has proved who they are. */
  readonly epoch: number;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly nonce: string | undefined;
  /** S256. */
  readonly codeChallenge: string;
  /** Of the key that alone may redeem it. */
  readonly keyThumbprint: string;
  readonly amr: readonly string[];
  readonly authTimeSeconds: number;
}

/** Grant and code in one transaction, as the authorization endpoint would have made them. */
export async function issueCode(
  provider: Provider,
  facts: CodeFacts,
  rules: Pick<IssuerRules, "audience" | "scopesOf" | "roles">,
  store: CommitOptions,
): Promise<string> {
  const {
    accountId,
    amr,
    authTimeSeconds,
    clientId,
    codeChallenge,
    epoch,
    keyThumbprint,
    nonce,
    redirectUri,
    scope,
  } = facts;
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new Error(`there is no client '${clientId}'`);
  const work = new UnitOfWork();
  work.epochs.set(accountId, epoch);
  return currentWork.run(work, async () => {
    const grant = new provider.Grant({ accountId, clientId });
    giveAll(grant, clientId, rules);
    const grantId = await grant.save();
    const known = (client.scope ?? "").split(" ");
    const code = new provider.AuthorizationCode({
      accountId,
      acr: amr.includes("mfa") ? "mfa" : "pwd",
      amr: [...amr],
      authTime: authTimeSeconds,
      claims: {},
      client,
      codeChallenge,
      codeChallengeMethod: "S256",
      dpopJkt: keyThumbprint,
      expiresWithSession: false,
      grantId,
      ...(nonce === undefined ? {} : { nonce }),
      redirectUri,
      resource: rules.audience,
      scope: scope
        .split(" ")
        .filter((one) => known.includes(one))
        .join(" "),
    } as ConstructorParameters<typeof provider.AuthorizationCode>[0]);
    const text = await code.save();
    await commit(work, store);
    return text;
  });
}
