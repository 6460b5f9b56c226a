import { type Account, AccountFault } from "../accounts/accounts.ts";
import type { Administration } from "../accounts/administration.ts";
import type { Database } from "../store/open-store.ts";
import { type AdminReply, fieldsOf, isTexts, refused } from "./admin-reply.ts";

const mostListed = 500;
/**
 * People over the admin API: `GET /users`, `POST /users`, `GET | PATCH | DELETE /users/{id}`, `GET | DELETE
 * /users/{id}/sessions`, `DELETE /users/{id}/sessions/{session}`, `GET /audit`. Undefined for other addresses.
 */
export async function answerPeople(administration: Administration, db: Database, method: string, url: URL, body: unknown): Promise<AdminReply | undefined> {
  if (url.pathname === "/audit" && method === "GET") return { status: 200, value: await audited(db, url) };
  const match = /^\/users(?:\/([^/]+)(?:\/(sessions)(?:\/([^/]+))?)?)?$/.exec(url.pathname);
  if (match === null) return undefined;
  const [, name, sessions, session] = match;
  try {
    if (name === undefined) {
      if (method === "GET") return { status: 200, value: (await administration.accounts.list(mostListed, url.searchParams.get("after") ?? "")).map(shown) };
      if (method === "POST") return { status: 201, value: shown(await administration.add(readNew(body))) };
      return refused(405, "This method is not offered here");
    }
    const account = await administration.find(decodeURIComponent(name));
    if (account === undefined) return refused(404, "There is nobody by this id or address");
    if (sessions !== undefined) {
      if (method === "GET" && session === undefined) return { status: 200, value: await administration.sessions.of(account.id) };
      if (method === "DELETE") return { status: 200, value: { ended: await administration.signOut(account, session) } };
      return refused(405, "This method is not offered here");
    }
    if (method === "GET") return { status: 200, value: shown(account) };
    if (method === "DELETE") {
      await administration.remove(account);
      return { status: 200, value: { id: account.id, removed: true } };
    }
    if (method !== "PATCH") return refused(405, "This method is not offered here");
    await administration.change(account, readChange(body));
    return { status: 200, value: shown((await administration.accounts.byId(account.id)) ?? account) };
  } catch (fault) {
    if (fault instanceof AccountFault) return refused(400, "This cannot be done", fault.message);
    throw fault;
  }
}

const shown = ({ createdAt, disabled, email, emailVerified, id, roles, tier }: Account) => ({ id, email, emailVerified, roles, tier, disabled, createdAt: new Date(createdAt).toISOString() });

function readNew(body: unknown): Parameters<Administration["add"]>[0] {
  const { email, emailVerified, id, roles, tier } = fieldsOf(body, ["id", "email", "emailVerified", "roles", "tier"], AccountFault);
  if (typeof email !== "string") throw new AccountFault("email is needed");
  if (roles !== undefined && !isTexts(roles)) throw new AccountFault("roles is a list of names");
  return { email, emailVerified: emailVerified === true, ...(typeof id === "string" ? { id } : {}), ...(roles === undefined ? {} : { roles }), ...(typeof tier === "string" ? { tier } : {}) };
}

function readChange(body: unknown): Parameters<Administration["change"]>[1] {
  const { disabled, roles, tier } = fieldsOf(body, ["roles", "tier", "disabled"], AccountFault);
  if (roles !== undefined && !isTexts(roles)) throw new AccountFault("roles is a list of names");
  if (disabled !== undefined && typeof disabled !== "boolean") throw new AccountFault("disabled is true or false");
  if (tier !== undefined && tier !== null && typeof tier !== "string") throw new AccountFault("tier is a name, or null");
  return { ...(roles === undefined ? {} : { roles }), ...(disabled === undefined ? {} : { disabled }), ...(tier === undefined ? {} : { tier }) };
}

async function audited(db: Database, url: URL): Promise<unknown> {
  const most = Math.min(Math.max(Number(url.searchParams.get("most") ?? 100) || 100, 1), 1000);
  const rows = await db.selectFrom("audit").selectAll().orderBy("at", "desc").limit(most).execute();
  return rows.map(({ about, action, actor, at, details }) => ({ at: new Date(at).toISOString(), actor, action, about, details: JSON.parse(details) as unknown }));
}
