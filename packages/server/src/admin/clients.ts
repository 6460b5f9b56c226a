import { type ClientAdministration, ClientFault, clientKinds, type NewClient } from "../accounts/client-administration.ts";
import { type AdminReply, fieldsOf, isTexts, refused } from "./admin-reply.ts";

/** Clients over the admin API: `GET | POST /clients`, `PATCH | DELETE /clients/{id}`. Undefined for other addresses. */
export async function answerClients(administration: ClientAdministration, method: string, url: URL, body: unknown): Promise<AdminReply | undefined> {
  const match = /^\/clients(?:\/([^/]+))?$/.exec(url.pathname);
  if (match === null) return undefined;
  const id = match[1] === undefined ? undefined : decodeURIComponent(match[1]);
  try {
    if (id === undefined) {
      if (method === "GET") return { status: 200, value: await administration.list() };
      if (method !== "POST") return refused(405, "This method is not offered here");
      const client = readNew(body);
      const secret = await administration.add(client);
      return { status: 201, value: { id: client.id, kind: client.kind, ...(secret === undefined ? {} : { secret }) } };
    }
    if (method === "DELETE") {
      await administration.remove(id);
      return { status: 200, value: { id, removed: true } };
    }
    if (method !== "PATCH") return refused(405, "This method is not offered here");
    const { disabled } = fieldsOf(body, ["disabled"], ClientFault);
    if (typeof disabled !== "boolean") throw new ClientFault("disabled is true or false");
    await (disabled ? administration.disable(id) : administration.enable(id));
    return { status: 200, value: { id, disabled } };
  } catch (fault) {
    if (fault instanceof ClientFault) return refused(400, "This cannot be done", fault.message);
    throw fault;
  }
}

function readNew(body: unknown): NewClient {
  const { firstParty = true, id, kind, logoutUris = [], redirectUris = [], scopes = [], secret = false } = fieldsOf(body, ["id", "kind", "redirectUris", "logoutUris", "scopes", "secret", "firstParty"], ClientFault);
  const known = clientKinds.find((one) => one === kind);
  if (typeof id !== "string") throw new ClientFault("id is needed");
  if (known === undefined) throw new ClientFault(`kind is one of ${clientKinds.join(", ")}`);
  if (!isTexts(redirectUris) || !isTexts(logoutUris) || !isTexts(scopes)) throw new ClientFault("redirectUris, logoutUris and scopes are lists of texts");
  if (typeof secret !== "boolean" || typeof firstParty !== "boolean") throw new ClientFault("secret and firstParty are true or false");
  return { id, kind: known, redirectUris, logoutUris, scopes, withSecret: secret, firstParty };
}
