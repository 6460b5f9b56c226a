import { randomBytes } from "node:crypto";
import { audit } from "../accounts/audit.ts";
import { revoke } from "../accounts/sessions.ts";
import { policyClients } from "../issuer/client-registry.ts";
import type { Command } from "./arguments.ts";
import { withStore } from "./open-store.ts";
import { list, text } from "./sources.ts";
import { Misuse, tableLines, type Terminal } from "./terminal.ts";

const actions = ["list", "add", "disable", "enable", "remove"] as const;
const kinds = ["native", "web", "service"] as const;

/** `portcullis clients`: programs that may ask for tokens, beside the apps of the policy. */
export async function clients(command: Command, environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const { values, words } = command;
  const [action = "list", id] = words;
  if (!(actions as readonly string[]).includes(action)) throw new Misuse(`'portcullis clients ${action}' is not understood; expected ${actions.join(", ")}.`);
  const say = (value: unknown, lines: string): void => terminal.out(values["json"] === true ? JSON.stringify(value) : lines);
  return withStore(command, environment, async ({ policy, sealing, sessions, store: { db } }) => {
    const own = policyClients(policy);
    const stored = await db.selectFrom("clients").selectAll().orderBy("id").execute();
    if (action === "list") {
      const all = [...own.map((one) => ({ id: one.id, kind: one.kind, from: "policy", state: "active" })), ...stored.map((row) => ({ id: row.id, kind: (JSON.parse(row.metadata) as { kind: string }).kind, from: "command", state: row.disabled_at === null ? "active" : "disabled" }))];
      say(all, tableLines([["ID", "KIND", "FROM", "STATE"], ...all.map((one) => [one.id, one.kind, one.from, one.state])]));
      return 0;
    }
    if (id === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) throw new Misuse(`say which: portcullis clients ${action} ID (letters, digits, '.', '_' and '-')`);
    if (own.some((one) => one.id === id)) throw new Misuse(`'${id}' is an app of the policy: change it there.`);
    const existing = stored.find((row) => row.id === id);
    if (action === "add") {
      if (existing !== undefined) throw new Misuse(`there is a client '${id}' already.`);
      const kind = kinds.find((one) => one === text(values["kind"]));
      if (kind === undefined) throw new Misuse(`say what it is: --kind ${kinds.join(", ")}`);
      const redirectUris = list(values["redirect"]);
      if ((kind === "service") !== (redirectUris.length === 0)) throw new Misuse(kind === "service" ? "a service signs nobody in: take --redirect out." : "say where sign-in returns to: --redirect https://app.example.com/signed-in");
      const withSecret = values["secret"] === true || kind === "service";
      // RFC 8252 section 8.5.
      if (withSecret && kind === "native") throw new Misuse("a secret in an app is no secret: native apps prove themselves by a key of the device instead. Take --secret out.");
      const secret = withSecret ? randomBytes(32).toString("base64url") : undefined;
      const scopes = list(values["scope"]);
      const metadata = { kind, redirectUris, logoutUris: [], ...(scopes.length === 0 ? {} : { scopes }), firstParty: values["third-party"] !== true, ...(secret === undefined ? {} : { sealedSecret: Buffer.from(sealing.seal(secret, `clients/${id}`)).toString("base64") }) };
      if (kind === "service" && scopes.length === 0) throw new Misuse("a service may do what it is given, and it is given nothing: --scope accounts:read");
      await db.insertInto("clients").values({ id, metadata: JSON.stringify(metadata), created_at: Date.now(), disabled_at: null }).execute();
      await audit(db, Date.now(), { actor: "command", action: "client-added", about: `client:${id}` });
      say({ id, kind, ...(secret === undefined ? {} : { secret }) }, secret === undefined ? `${id} may ask for tokens.` : `${id} may ask for tokens. Its secret, shown only now:\n${secret}`);
      return 0;
    }
    if (existing === undefined) throw new Misuse(`there is no client '${id}'.\nTo see which there are: portcullis clients list`);
    if (action === "remove") await db.deleteFrom("clients").where("id", "=", id).execute();
    else await db.updateTable("clients").set({ disabled_at: action === "disable" ? Date.now() : null }).where("id", "=", id).execute();
    if (action !== "enable") {
      await sessions.end({ clientId: id }, `client-${action}d`);
      await revoke(db, Date.now(), { kind: "client", value: id });
    } else await revoke(db, Date.now(), { kind: "client", value: id, beforeSeconds: Math.floor(Date.now() / 1000) });
    await audit(db, Date.now(), { actor: "command", action: `client-${action}d`, about: `client:${id}` });
    say({ id, action }, `${id}: ${action}d.`);
    return 0;
  });
}
