import { type AdminRole, adminRoles, roleWords } from "../../admin/administrator.ts";
import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { text } from "../sources.ts";
import { Misuse, sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  people: { help: "who may sign in to the console, and when they last did something" },
  invite: {
    takes: "[NAME]",
    help: "make a link that lets one person in, once and within ten minutes",
  },
  change: { takes: "NAME", help: "change what somebody may do, with --role" },
  remove: { takes: "NAME", help: "take somebody out; their sessions end at once" },
} as const;

const roles = adminRoles.map((role) => `${role} (${roleWords[role]})`).join(", ");

export const flags = {
  role: { type: "string", help: `with invite and change: ${roles}`, completes: adminRoles },
  why: { type: "string", help: "with change and remove: why, for the audit" },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis console invite --role operator";

interface Person {
  readonly name: string;
  readonly role: string;
  readonly createdAt: string;
  readonly lastSeenAt?: string;
  readonly passkeys: number;
}

/** Who may sign in to the console of the running gate. */
export async function run(
  { values, words }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const [action = "people", name] = words;
  const ask = <T>(path: string, change?: Parameters<typeof askAdmin>[3]): Promise<T> =>
    askAdmin(
      text(values["admin"]) ?? "http://127.0.0.1:9443",
      text(values["directory"]) ?? ".portcullis",
      path,
      change,
    );
  const say = sayTo(terminal, values);
  if (action === "people") {
    const all = await ask<readonly Person[]>("/console/people");
    say(all, peopleLines(all));
    return 0;
  }
  if (action === "invite") {
    const body = { role: roleIn(values), ...(name === undefined ? {} : { name }) };
    const made = await ask<{ link: string; endsAt: string }>("/console/invitations", {
      method: "POST",
      body,
    });
    say(
      made,
      `This link lets one person in with the role ${body.role}, once and until ${made.endsAt}:\n${made.link}`,
    );
    return 0;
  }
  if (name === undefined) throw new Misuse(`say whom: portcullis console ${action} NAME`);
  const path = `/console/people/${encodeURIComponent(name)}`;
  const why = text(values["why"]);
  if (action === "change") {
    const role = roleIn(values);
    const person = await ask<Person>(path, { method: "PATCH", body: { role }, why });
    say(person, `${person.name} is ${person.role} from the next request on.`);
    return 0;
  }
  say(await ask(path, { method: "DELETE", why }), `${name} is out, and so are their sessions.`);
  return 0;
}

/** @throws Misuse: nobody gets a role that was not said */
function roleIn(values: Command["values"]): AdminRole {
  const said = text(values["role"]);
  const role = adminRoles.find((one) => one === said);
  if (role !== undefined) return role;
  throw new Misuse(
    said === undefined
      ? `--role is missing; expected ${adminRoles.join(", ")}`
      : `--role ${said} is not understood; expected ${adminRoles.join(", ")}`,
  );
}

const peopleLines = (all: readonly Person[]): string =>
  all.length === 0
    ? "Nobody yet. 'portcullis console invite --role admin' makes a link for the first one."
    : tableLines([
        ["NAME", "ROLE", "SINCE", "LAST SEEN", "PASSKEYS"],
        ...all.map(({ createdAt, lastSeenAt = "-", name, passkeys, role }) => [
          name,
          role,
          createdAt,
          lastSeenAt,
          String(passkeys),
        ]),
      ]);
