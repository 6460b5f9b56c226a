import { audit } from "@portcullis/identity/audit";
import { AdminTokenFault, AdminTokens } from "../../admin/admin-tokens.ts";
import { type AdminRole, adminRoles, roleWords } from "../../admin/administrator.ts";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import { withStore } from "../open-store.ts";
import { readDuration } from "../read-duration.ts";
import { text } from "../sources.ts";
import { Misuse, type Say, sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  list: { help: "the tokens of the admin API: whose, how far, until when" },
  add: { takes: "NAME", help: "make a token of the admin API, which is shown once" },
  revoke: { takes: "NAME", help: "end a token at once" },
} as const;

const defaultFor = "90d";
const roles = adminRoles.map((role) => `${role} (${roleWords[role]})`).join(", ");

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  role: { type: "string", help: `with add: ${roles}; viewer`, completes: adminRoles },
  for: { type: "string", help: `with add: how long it is good for (${defaultFor})` },
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis admin add ci --role viewer --for 90d";

/** Who may use the admin API, beside the credential that the first start has made. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const [action = "list", name] = words;
  const say = sayTo(terminal, values);
  if (action !== "list" && name === undefined)
    throw new Misuse(`say which: portcullis admin ${action} NAME`);
  return withStore(command, environment, async ({ store }) => {
    const tokens = new AdminTokens(store.adminTokens, Date.now);
    const note = (done: string, details = {}): Promise<void> =>
      audit(store.audit, Date.now(), {
        actor: "command",
        action: done,
        about: `admin:${name}`,
        details,
      });
    try {
      if (action === "list") await list(tokens, say);
      else if (action === "add") {
        const { forMs, role } = wishesOf(values);
        const token = await tokens.issue(name as string, role, forMs);
        await note("admin-token-added", { role });
        say({ name, role, token }, `The token of ${name} (${role}), shown only now:\n${token}`);
      } else {
        await tokens.revoke(name as string);
        await note("admin-token-revoked");
        say({ name, revoked: true }, `${name}: revoked. It opens nothing any more.`);
      }
    } catch (fault) {
      if (fault instanceof AdminTokenFault)
        throw new Misuse(`${fault.message}.\nTo see which there are: portcullis admin list`);
      throw fault;
    }
    return 0;
  });
}

/** @throws Misuse */
function wishesOf(values: Command["values"]): { role: AdminRole; forMs: number } {
  const said = text(values["role"]) ?? "viewer";
  const role = adminRoles.find((one) => one === said);
  if (role === undefined)
    throw new Misuse(`--role ${said} is not understood; expected ${adminRoles.join(", ")}`);
  return { role, forMs: readDuration("for", text(values["for"]) ?? defaultFor) };
}

async function list(tokens: AdminTokens, say: Say): Promise<void> {
  const all = await tokens.list();
  const date = (atMs: number): string => new Date(atMs).toISOString();
  say(
    all.map(({ createdAtMs, expiresAtMs, name, role }) => ({
      name,
      role,
      createdAt: date(createdAtMs),
      expiresAt: date(expiresAtMs),
    })),
    tableLines([
      ["NAME", "ROLE", "MADE", "ENDS"],
      ...all.map((one) => [one.name, one.role, date(one.createdAtMs), date(one.expiresAtMs)]),
    ]),
  );
}
