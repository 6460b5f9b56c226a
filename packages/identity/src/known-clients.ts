import type { IdentityPolicy } from "./policy/identity-settings.ts";
import { policyClients, type RegisteredClient, storedClients } from "./clients/client-registry.ts";
import type { ClientKeys } from "./clients/client-keys.ts";
import { issuerPaths } from "./names/issuer-document.ts";
import { accountClientId } from "./sign-in/account/account-page.ts";
import type { ClientTable } from "./store/clients.ts";
import type { Sealing } from "./store/sealing.ts";

/** Everybody who may ask for tokens just now: apps of the policy, the account page, stored ones. */
export async function knownClients(
  policy: IdentityPolicy,
  issuer: string,
  table: ClientTable,
  sealing: Sealing,
  keys: ReadonlyMap<string, ClientKeys>,
): Promise<readonly RegisteredClient[]> {
  return [
    ...policyClients(policy, keys),
    accountPageClient(issuer),
    ...(await storedClients(table, sealing)),
  ];
}

const accountPageClient = (issuer: string): RegisteredClient => ({
  id: accountClientId,
  kind: "web",
  redirectUris: [`${issuer}${issuerPaths.account}`],
  logoutUris: [],
  scopes: [],
  pushedRequests: false,
  firstParty: true,
  secret: undefined,
});

/**
 * Where the forms of the pages may lead in the end: browsers hold the redirects behind a form to
 * the page's form-action policy too.
 */
export function redirectTargets(clients: readonly RegisteredClient[]): readonly string[] {
  const targets = clients
    .flatMap(({ logoutUris, redirectUris }) => [...redirectUris, ...logoutUris])
    .flatMap((uri) => {
      const parsed = URL.parse(uri);
      return parsed === null ? [] : [targetOf(parsed)];
    });
  return [...new Set(targets)];
}

/** As a source of a Content-Security-IdentityPolicy. An app on the machine itself chooses its port anew. */
function targetOf({ hostname, origin, protocol }: URL): string {
  if (protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname))
    return `http://${hostname}:*`;
  return protocol === "https:" ? origin : protocol;
}
