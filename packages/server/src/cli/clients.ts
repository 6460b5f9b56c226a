import { ClientAdministration, ClientFault, clientKinds } from "../accounts/client-administration.ts";
import { policyClients } from "../issuer/client-registry.ts";
import type { Command } from "./arguments.ts";
import { withStore } from "./open-store.ts";
import { list, text } from "./sources.ts";
import { Misuse, tableLines, type Terminal } from "./terminal.ts";

const actions = ["list", "add", "disable", "enable", "remove"] as const;
const done = { disable: "disabled", enable: "enabled", remove: "removed" } as const;

/** `portcullis clients`: programs that may ask for tokens, beside the apps of the policy. */
export async function clients(command: Command, environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const { values, words } = command;
  const [wanted = "list", id] = words;
  const action = actions.find((one) => one === wanted);
  if (action === undefined) throw new Misuse(`'portcullis clients ${wanted}' is not understood; expected ${actions.join(", ")}.`);
  const say = (value: unknown, lines: string): void => terminal.out(values["json"] === true ? JSON.stringify(value) : lines);
  return withStore(command, environment, async ({ policy, sealing, store: { db } }) => {
    const administration = new ClientAdministration(db, sealing, "command", policyClients(policy));
    if (action === "list") {
      const all = await administration.list();
      say(all, tableLines([["ID", "KIND", "FROM", "STATE"], ...all.map((one) => [one.id, one.kind, one.from, one.state])]));
      return 0;
    }
    if (id === undefined) throw new Misuse(`say which: portcullis clients ${action} ID\nTo see which there are: portcullis clients list`);
    try {
      if (action === "add") await add(administration, id, values, say);
      else {
        await administration[action](id);
        say({ id, action }, `${id}: ${done[action]}.`);
      }
      return 0;
    } catch (fault) {
      if (fault instanceof ClientFault) throw new Misuse(`${fault.message}.\nTo see which there are: portcullis clients list`);
      throw fault;
    }
  });
}

async function add(administration: ClientAdministration, id: string, values: Command["values"], say: (value: unknown, lines: string) => void): Promise<void> {
  const kind = clientKinds.find((one) => one === text(values["kind"]));
  if (kind === undefined) throw new Misuse(`say what it is: --kind ${clientKinds.join(", ")}`);
  const secret = await administration.add({ id, kind, redirectUris: list(values["redirect"]), logoutUris: [], scopes: list(values["scope"]), withSecret: values["secret"] === true, firstParty: values["third-party"] !== true });
  say({ id, kind, ...(secret === undefined ? {} : { secret }) }, secret === undefined ? `${id} may ask for tokens.` : `${id} may ask for tokens. Its secret, shown only now:\n${secret}`);
}
