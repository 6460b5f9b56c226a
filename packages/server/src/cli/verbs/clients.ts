import {
  ClientAdministration,
  ClientFault,
  clientKinds,
  policyClients,
} from "@portcullis/identity/clients";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { withStore } from "../open-store.ts";
import { list, text } from "../sources.ts";
import { Misuse, tableLines, type Terminal } from "../terminal.ts";

export const actions = {
  list: { help: "every app and program, those of the policy too" },
  add: { takes: "ID", help: "let a program ask for tokens" },
  disable: { takes: "ID", help: "give it no tokens any more" },
  enable: { takes: "ID", help: "give it tokens again" },
  remove: { takes: "ID", help: "forget it" },
} as const;

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  kind: { type: "string", help: "with add: native, web or service", completes: clientKinds },
  redirect: { type: "string", multiple: true, help: "with add: where sign-in returns to" },
  scope: { type: "string", multiple: true, help: "with add: what it may ask for" },
  serves: {
    type: "string",
    multiple: true,
    help: "with add: an audience whose API it is, so that it may introspect tokens for it",
  },
  secret: { type: "boolean", help: "with add: make a secret, for programs that can keep one" },
  "third-party": { type: "boolean", help: "with add: people are asked whether it may" },
  json: jsonFlag,
} satisfies Flags;

export const example =
  "portcullis clients add reports --kind service --secret --scope accounts:read";

const done = { disable: "disabled", enable: "enabled", remove: "removed" } as const;

/** Programs that may ask for tokens, beside the apps of the policy. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const [wanted, id] = words;
  const action = (wanted ?? "list") as keyof typeof actions;
  const say = (value: unknown, lines: string): void =>
    terminal.out(values["json"] === true ? JSON.stringify(value) : lines);
  return withStore(command, environment, async ({ policy, sealing, store }) => {
    const administration = new ClientAdministration(
      store,
      sealing,
      "command",
      policyClients(policy),
    );
    if (action === "list") {
      const all = await administration.list();
      say(
        all,
        tableLines([
          ["ID", "KIND", "FROM", "STATE"],
          ...all.map((one) => [one.id, one.kind, one.from, one.state]),
        ]),
      );
      return 0;
    }
    if (id === undefined)
      throw new Misuse(
        `say which: portcullis clients ${action} ID\nTo see which there are: portcullis clients list`,
      );
    try {
      if (action === "add") await add(administration, id, values, say);
      else {
        await administration[action](id);
        say({ id, action }, `${id}: ${done[action]}.`);
      }
      return 0;
    } catch (fault) {
      if (fault instanceof ClientFault)
        throw new Misuse(`${fault.message}.\nTo see which there are: portcullis clients list`);
      throw fault;
    }
  });
}

async function add(
  administration: ClientAdministration,
  id: string,
  values: Command["values"],
  say: (value: unknown, lines: string) => void,
): Promise<void> {
  const kind = clientKinds.find((one) => one === text(values["kind"]));
  if (kind === undefined) throw new Misuse(`say what it is: --kind ${clientKinds.join(", ")}`);
  const secret = await administration.add({
    id,
    kind,
    redirectUris: list(values["redirect"]),
    logoutUris: [],
    scopes: list(values["scope"]),
    serves: list(values["serves"]),
    withSecret: values["secret"] === true,
    firstParty: values["third-party"] !== true,
  });
  say(
    { id, kind, ...(secret === undefined ? {} : { secret }) },
    secret === undefined
      ? `${id} may ask for tokens.`
      : `${id} may ask for tokens. Its secret, shown only now:\n${secret}`,
  );
}
