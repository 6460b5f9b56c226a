import { text as readAll } from "node:stream/consumers";
import { type Account, AccountFault, readEmail } from "../accounts/accounts.ts";
import { audit } from "../accounts/audit.ts";
import { judgePassword } from "../accounts/password-rules.ts";
import { revoke } from "../accounts/sessions.ts";
import type { Command } from "./arguments.ts";
import { type OpenedStore, withStore } from "./open-store.ts";
import { list, text } from "./sources.ts";
import { Misuse, tableLines, type Terminal } from "./terminal.ts";

const actions = ["list", "add", "show", "roles", "disable", "enable", "remove", "sessions", "sign-out"] as const;
const mostListed = 1000;

/** `portcullis users`: who can sign in, and what they may. */
export async function users(command: Command, environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const { values, words } = command;
  const [action = "list", name] = words;
  if (!(actions as readonly string[]).includes(action)) throw new Misuse(`'portcullis users ${action}' is not understood; expected ${actions.join(", ")}.`);
  const say = (value: unknown, lines: string): void => terminal.out(values["json"] === true ? JSON.stringify(value) : lines);
  return withStore(command, environment, async (opened) => {
    const { accounts, policy, sessions, store: { db } } = opened;
    const noted = (what: string, about: string, details?: Readonly<Record<string, string>>): Promise<void> => audit(db, Date.now(), { actor: "command", action: what, about, ...(details === undefined ? {} : { details }) });
    if (action === "list") {
      const all = await accounts.list(mostListed);
      say(all.map(shown), tableLines([["ID", "E-MAIL", "ROLES", "TIER", "STATE"], ...all.map((one) => [one.id, one.email ?? "", one.roles.join(" "), one.tier ?? "", one.disabled ? "disabled" : "active"])]));
      return 0;
    }
    if (action === "sign-out" && values["everybody"] === true) {
      await revoke(db, Date.now(), { kind: "everything", value: "", beforeSeconds: Math.floor(Date.now() / 1000) });
      const ended = await sessions.end({}, "ended-by-command");
      await sessions.endBrowsers(undefined);
      await noted("everybody-signed-out", "everything");
      say({ ended }, `Every token that was issued until now is refused; ${ended} sessions have ended.`);
      return 0;
    }
    if (name === undefined) throw new Misuse(`say whom: portcullis users ${action} ID (or an e-mail address)`);
    if (action === "add") {
      const roles = list(values["role"]);
      noteRoles(roles, opened);
      const account = await accounts.add({ email: name, id: text(values["id"]), roles, tier: text(values["tier"]), emailVerified: values["verified"] === true, password: values["password-stdin"] === true ? await readPassword(name) : undefined }).catch(asMisuse);
      await noted("user-added", `user:${account.id}`);
      say(shown(account), `${account.id} can sign in${account.password === undefined ? " after choosing a password ('I have forgotten my password' on the sign-in page)" : ""}.`);
      return 0;
    }
    const account = (await accounts.byId(name)) ?? (await accounts.byEmail(readEmail(name) ?? ""));
    if (action === "sign-out" && account === undefined) {
      // Of an issuer elsewhere the gate knows nobody by name, but it can stop believing their tokens.
      await revoke(db, Date.now(), { kind: "subject", value: name, beforeSeconds: Math.floor(Date.now() / 1000) });
      await noted("user-signed-out", `user:${name}`);
      say({ ended: 0 }, `Tokens of '${name}' that were issued until now are refused.`);
      return 0;
    }
    if (account === undefined) throw new Misuse(`there is nobody '${name}'.\nTo see who there is: portcullis users list`);
    switch (action) {
      case "show":
        say(shown(account), tableLines(Object.entries(shown(account)).map(([key, value]) => [key, Array.isArray(value) ? value.join(" ") : String(value ?? "")])));
        return 0;
      case "sessions": {
        const all = await sessions.of(account.id);
        say(all, tableLines([["SESSION", "APP", "SINCE", "LAST USED"], ...all.map((one) => [one.id, one.clientId, new Date(one.createdAt).toISOString(), new Date(one.usedAt).toISOString()])]));
        return 0;
      }
      case "remove":
        await sessions.end({ accountId: account.id }, "account-removed");
        await sessions.endBrowsers(account.id);
        await revoke(db, Date.now(), { kind: "subject", value: account.id, beforeSeconds: Math.floor(Date.now() / 1000) });
        await accounts.remove(account.id);
        break;
      case "sign-out": {
        const session = text(values["session"]);
        const ended = await sessions.end({ accountId: account.id, ...(session === undefined ? {} : { id: session }) }, "ended-by-command");
        if (session === undefined) {
          await changed(opened, account, {});
          await sessions.endBrowsers(account.id);
        }
        await noted("user-signed-out", `user:${account.id}`);
        say({ ended }, `${ended} ${ended === 1 ? "session has" : "sessions have"} ended.`);
        return 0;
      }
      case "roles":
        noteRoles(list(values["role"]), opened);
        await changed(opened, account, { roles: list(values["role"]), ...(values["tier"] === undefined ? {} : { tier: text(values["tier"]) ?? null }) });
        break;
      default:
        await changed(opened, account, { disabled: action === "disable" });
        if (action === "disable") {
          await sessions.end({ accountId: account.id }, "account-disabled");
          await sessions.endBrowsers(account.id);
        }
    }
    await noted(`user-${action}`, `user:${account.id}`, action === "roles" ? { roles: list(values["role"]).join(" ") } : undefined);
    const now = await accounts.byId(account.id);
    say(now === undefined ? { id: account.id, removed: true } : shown(now), now === undefined ? `${account.id} is gone.` : `${account.id}: roles ${now.roles.join(" ") || "(none)"}, ${now.disabled ? "disabled" : "active"}.`);
    return 0;

    function noteRoles(roles: readonly string[], { policy: { roles: known } }: OpenedStore): void {
      for (const role of roles) if (known === undefined || !Object.hasOwn(known, role)) throw new Misuse(`there is no role '${role}'; the policy has ${Object.keys(policy.roles ?? {}).join(", ") || "none"}.`);
    }
  });
}

/** Tokens that say what was true before are refused from now on; the app renews them without asking anybody. */
async function changed({ accounts, store: { db } }: OpenedStore, account: Account, change: Parameters<OpenedStore["accounts"]["change"]>[1]): Promise<void> {
  const version = await accounts.change(account.id, change);
  if (version !== undefined) await revoke(db, Date.now(), { kind: "subject", value: account.id, leastVersion: version });
}

async function readPassword(email: string): Promise<string> {
  const password = (await readAll(process.stdin)).replace(/\r?\n$/, "");
  const fault = await judgePassword(password, [email.split("@")[0] ?? ""], { least: 8, breached: "off", ownWords: [] });
  if (fault !== undefined) throw new Misuse(`the password is not taken: it is ${fault.replace("-", " ")}.`);
  return password;
}

const shown = ({ createdAt, disabled, email, emailVerified, id, roles, tier, version }: Account) => ({ id, email, emailVerified, roles, tier, version, disabled, createdAt: new Date(createdAt).toISOString() });

function asMisuse(fault: unknown): never {
  throw fault instanceof AccountFault ? new Misuse(fault.message) : fault;
}
