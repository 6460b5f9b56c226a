import { text as readAll } from "node:stream/consumers";
import { type Account, AccountFault, Administration } from "@portcullis/identity/administration";
import { judgePassword } from "@portcullis/identity/password-rules";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import type { Action, Command, Environment, Flags } from "../verb.ts";
import { withStore } from "../open-store.ts";
import { list, text } from "../sources.ts";
import { revokeCaller, revokeFlags } from "./users/revoke-caller.ts";
import { Misuse, tableLines, type Terminal } from "../terminal.ts";

const who = "ID";
export const actions: Readonly<Record<string, Action>> = {
  list: { help: "who can sign in" },
  add: { takes: "EMAIL", help: "let somebody sign in" },
  show: { takes: who, help: "what is known of an account" },
  roles: { takes: who, help: "give these roles, and this tier, in place of the old ones" },
  disable: { takes: who, help: "end the sessions, and let the account sign in no more" },
  enable: { takes: who, help: "let the account sign in again" },
  remove: { takes: who, help: "remove the account with all that belongs to it" },
  invite: { takes: who, help: "a code with which they set up their first second factor" },
  sessions: { takes: who, help: "where the account is signed in" },
  revoke: { takes: "SUBJECT", help: "refuse what any --source has given out to them until now" },
  "sign-out": { takes: who, help: "end the sessions, or what --session and --everybody name" },
};

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  id: {
    type: "string",
    help: "with add: the id its tokens will carry (sub), when it must be an old one",
  },
  role: {
    type: "string",
    multiple: true,
    help: "with add and roles: a role (several times for several)",
  },
  tier: { type: "string", help: "with add and roles: the tier" },
  "password-stdin": {
    type: "boolean",
    help: "with add: read the password from the standard input",
  },
  verified: { type: "boolean", help: "with add: the address needs no confirmation" },
  session: { type: "string", help: "with sign-out: this session only" },
  everybody: { type: "boolean", help: "with sign-out: every token that was issued until now" },
  ...revokeFlags,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis users add ann@example.com --role customer";

const mostListed = 1000;
const leastPassword = 8;

/** Who can sign in, and what they may. An account is named by its id or its e-mail address. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const [action = "list", name] = command.words;
  return withStore(command, environment, async ({ policy, sealing, store }) => {
    const roles = Object.keys(policy.roles ?? {});
    const administration = new Administration(store, sealing, "command", roles);
    if (action === "revoke" && name !== undefined) {
      const said = await revokeCaller(policy, administration, "subject", name, command);
      terminal.out(command.values["json"] === true ? JSON.stringify(said.value) : said.lines);
      return 0;
    }
    const { lines, value } = await answer(administration, action, name, command).catch(asMisuse);
    terminal.out(command.values["json"] === true ? JSON.stringify(value) : lines);
    return 0;
  });
}

interface Said {
  readonly value: unknown;
  readonly lines: string;
}

async function answer(
  administration: Administration,
  action: string,
  name: string | undefined,
  { values }: Command,
): Promise<Said> {
  if (action === "list") {
    const all = await administration.accounts.list(mostListed);
    return {
      value: all.map(shownAccount),
      lines: tableLines([
        ["ID", "E-MAIL", "ROLES", "TIER", "STATE"],
        ...all.map((one) => [
          one.id,
          one.email ?? "",
          one.roles.join(" "),
          one.tier ?? "",
          one.disabled ? "disabled" : "active",
        ]),
      ]),
    };
  }
  if (action === "sign-out" && values["everybody"] === true) {
    const ended = await administration.signOutEverybody();
    return {
      value: { ended },
      lines: `Every token that was issued until now is refused; ${ended} sessions have ended.`,
    };
  }
  if (name === undefined)
    throw new Misuse(`say whom: portcullis users ${action} ID (or an e-mail address)`);
  if (action === "add") {
    const account = await administration.add({
      email: name,
      id: text(values["id"]),
      roles: list(values["role"]),
      tier: text(values["tier"]),
      emailVerified: values["verified"] === true,
      password: values["password-stdin"] === true ? await readPassword(name) : undefined,
    });
    const first =
      account.password === undefined
        ? " after choosing a password ('I have forgotten my password' on the sign-in page)"
        : "";
    return { value: shownAccount(account), lines: `${account.id} can sign in${first}.` };
  }
  const account = await administration.find(name);
  if (account === undefined && action === "sign-out") {
    await administration.signOutSubject(name);
    return {
      value: { ended: 0 },
      lines: `Tokens of '${name}' that were issued until now are refused.`,
    };
  }
  if (account === undefined)
    throw new Misuse(`there is nobody '${name}'.\nTo see who there is: portcullis users list`);
  return act(administration, action, account, values);
}

async function act(
  administration: Administration,
  action: string,
  account: Account,
  values: Command["values"],
): Promise<Said> {
  switch (action) {
    case "show":
      return {
        value: shownAccount(account),
        lines: tableLines(
          Object.entries(shownAccount(account)).map(([key, value]) => [
            key,
            Array.isArray(value) ? value.join(" ") : String(value ?? ""),
          ]),
        ),
      };
    case "sessions": {
      const all = await administration.sessions.of(account.id);
      return {
        value: all,
        lines: tableLines([
          ["SESSION", "APP", "SINCE", "LAST USED", "SAID OF ITSELF", "NETWORK"],
          ...all.map((one) => [
            one.id,
            one.clientId,
            new Date(one.createdAt).toISOString(),
            new Date(one.usedAt).toISOString(),
            one.label,
            one.network,
          ]),
        ]),
      };
    }
    case "sign-out": {
      const ended = await administration.signOut(account, text(values["session"]));
      return {
        value: { ended },
        lines: `${ended} ${ended === 1 ? "session has" : "sessions have"} ended.`,
      };
    }
    case "invite": {
      const code = await administration.invite(account);
      return {
        value: { id: account.id, code },
        lines: `Give this code to ${account.id} alone; it is good for a day, and for one use: ${code}`,
      };
    }
    case "remove":
      await administration.remove(account);
      return { value: { id: account.id, removed: true }, lines: `${account.id} is gone.` };
    case "roles":
      await administration.change(account, {
        roles: list(values["role"]),
        ...(values["tier"] === undefined ? {} : { tier: text(values["tier"]) ?? null }),
      });
      break;
    default:
      await administration.change(account, { disabled: action === "disable" });
  }
  const now = (await administration.accounts.byId(account.id)) ?? account;
  return {
    value: shownAccount(now),
    lines: `${now.id}: roles ${now.roles.join(" ") || "(none)"}, ${now.disabled ? "disabled" : "active"}.`,
  };
}

async function readPassword(email: string): Promise<string> {
  const password = (await readAll(process.stdin)).replace(/\r?\n$/, "");
  const fault = await judgePassword(password, [email.split("@")[0] ?? ""], {
    least: leastPassword,
    breached: "off",
    ownWords: [],
  });
  if (fault !== undefined)
    throw new Misuse(`the password is not taken: it is ${fault.replace("-", " ")}.`);
  return password;
}

export const shownAccount = ({
  createdAt,
  disabled,
  email,
  emailVerified,
  id,
  roles,
  tier,
  version,
}: Account) => ({
  id,
  email,
  emailVerified,
  roles,
  tier,
  version,
  disabled,
  createdAt: new Date(createdAt).toISOString(),
});

function asMisuse(fault: unknown): never {
  throw fault instanceof AccountFault ? new Misuse(`${fault.message}.`) : fault;
}
