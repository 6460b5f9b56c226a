import { text as readAll } from "node:stream/consumers";
import { type Account, AccountFault } from "../accounts/accounts.ts";
import { Administration } from "../accounts/administration.ts";
import { judgePassword } from "../accounts/password-rules.ts";
import type { Command } from "./arguments.ts";
import { withStore } from "./open-store.ts";
import { list, text } from "./sources.ts";
import { Misuse, tableLines, type Terminal } from "./terminal.ts";

const actions = ["list", "add", "show", "roles", "disable", "enable", "remove", "sessions", "sign-out"] as const;
const mostListed = 1000;
const leastPassword = 8;

/** `portcullis users`: who can sign in, and what they may. */
export async function users(command: Command, environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const [action = "list", name] = command.words;
  if (!(actions as readonly string[]).includes(action)) throw new Misuse(`'portcullis users ${action}' is not understood; expected ${actions.join(", ")}.`);
  return withStore(command, environment, async ({ policy, store: { db } }) => {
    const administration = new Administration(db, "command", Object.keys(policy.roles ?? {}));
    const { lines, value } = await answer(administration, action, name, command).catch(asMisuse);
    terminal.out(command.values["json"] === true ? JSON.stringify(value) : lines);
    return 0;
  });
}

interface Said {
  readonly value: unknown;
  readonly lines: string;
}

async function answer(administration: Administration, action: string, name: string | undefined, { values }: Command): Promise<Said> {
  if (action === "list") {
    const all = await administration.accounts.list(mostListed);
    return { value: all.map(shownAccount), lines: tableLines([["ID", "E-MAIL", "ROLES", "TIER", "STATE"], ...all.map((one) => [one.id, one.email ?? "", one.roles.join(" "), one.tier ?? "", one.disabled ? "disabled" : "active"])]) };
  }
  if (action === "sign-out" && values["everybody"] === true) {
    const ended = await administration.signOutEverybody();
    return { value: { ended }, lines: `Every token that was issued until now is refused; ${ended} sessions have ended.` };
  }
  if (name === undefined) throw new Misuse(`say whom: portcullis users ${action} ID (or an e-mail address)`);
  if (action === "add") {
    const account = await administration.add({ email: name, id: text(values["id"]), roles: list(values["role"]), tier: text(values["tier"]), emailVerified: values["verified"] === true, password: values["password-stdin"] === true ? await readPassword(name) : undefined });
    return { value: shownAccount(account), lines: `${account.id} can sign in${account.password === undefined ? " after choosing a password ('I have forgotten my password' on the sign-in page)" : ""}.` };
  }
  const account = await administration.find(name);
  if (account === undefined && action === "sign-out") {
    await administration.signOutSubject(name);
    return { value: { ended: 0 }, lines: `Tokens of '${name}' that were issued until now are refused.` };
  }
  if (account === undefined) throw new Misuse(`there is nobody '${name}'.\nTo see who there is: portcullis users list`);
  return act(administration, action, account, values);
}

async function act(administration: Administration, action: string, account: Account, values: Command["values"]): Promise<Said> {
  switch (action) {
    case "show":
      return { value: shownAccount(account), lines: tableLines(Object.entries(shownAccount(account)).map(([key, value]) => [key, Array.isArray(value) ? value.join(" ") : String(value ?? "")])) };
    case "sessions": {
      const all = await administration.sessions.of(account.id);
      return { value: all, lines: tableLines([["SESSION", "APP", "SINCE", "LAST USED"], ...all.map((one) => [one.id, one.clientId, new Date(one.createdAt).toISOString(), new Date(one.usedAt).toISOString()])]) };
    }
    case "sign-out": {
      const ended = await administration.signOut(account, text(values["session"]));
      return { value: { ended }, lines: `${ended} ${ended === 1 ? "session has" : "sessions have"} ended.` };
    }
    case "remove":
      await administration.remove(account);
      return { value: { id: account.id, removed: true }, lines: `${account.id} is gone.` };
    case "roles":
      await administration.change(account, { roles: list(values["role"]), ...(values["tier"] === undefined ? {} : { tier: text(values["tier"]) ?? null }) });
      break;
    default:
      await administration.change(account, { disabled: action === "disable" });
  }
  const now = (await administration.accounts.byId(account.id)) ?? account;
  return { value: shownAccount(now), lines: `${now.id}: roles ${now.roles.join(" ") || "(none)"}, ${now.disabled ? "disabled" : "active"}.` };
}

async function readPassword(email: string): Promise<string> {
  const password = (await readAll(process.stdin)).replace(/\r?\n$/, "");
  const fault = await judgePassword(password, [email.split("@")[0] ?? ""], { least: leastPassword, breached: "off", ownWords: [] });
  if (fault !== undefined) throw new Misuse(`the password is not taken: it is ${fault.replace("-", " ")}.`);
  return password;
}

export const shownAccount = ({ createdAt, disabled, email, emailVerified, id, roles, tier, version }: Account) => ({ id, email, emailVerified, roles, tier, version, disabled, createdAt: new Date(createdAt).toISOString() });

function asMisuse(fault: unknown): never {
  throw fault instanceof AccountFault ? new Misuse(`${fault.message}.`) : fault;
}
