import { GrantFault, Granting } from "../../admin/grants/granting.ts";
import { shownGrant } from "../../admin/grants/grants.ts";
import { withStore } from "../open-store.ts";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import { readDuration } from "../read-duration.ts";
import { list, text } from "../sources.ts";
import { Misuse, type Say, sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  list: { help: "what people have let others use, until when and why" },
  add: { help: "let somebody use what is another's, for a while" },
  revoke: { takes: "ID", help: "take a grant back, on every thread within a second" },
} as const;

const defaultFor = "24h";

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  kind: { type: "string", help: "with add: what kind of object, as the rule says (granted)" },
  from: { type: "string", help: "with add: whose it is (SOURCE/SUBJECT where rules name sources)" },
  to: { type: "string", help: "with add: who may use it" },
  object: { type: "string", help: "with add: the id of one object, in place of all of them" },
  method: { type: "string", multiple: true, help: "with add: a method it is good for (GET)" },
  for: { type: "string", help: `with add: how long it is good for (${defaultFor})` },
  why: { type: "string", help: "with add: why" },
  json: jsonFlag,
} satisfies Flags;

export const example =
  'portcullis grant add --kind order --from ann --to ben --object o-1 --for 24h --why "on holiday"';

/** Lets people use what is another's, for a while, and takes it back. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const [action = "list", id] = words;
  const say = sayTo(terminal, values);
  if (action === "revoke" && id === undefined)
    throw new Misuse("say which: portcullis grant revoke ID (grant list shows them)");
  return withStore(command, environment, async ({ store }) => {
    const granting = new Granting(store.grants, store.audit, "command", Date.now);
    try {
      if (action === "add") {
        const grant = shownGrant(await granting.add(wishOf(values)));
        say(
          grant,
          `${grant.id}: ${grant.to} may use what is ${grant.from}'s until ${grant.until}.`,
        );
      } else if (action === "revoke") {
        const gone = await granting.revoke(id as string);
        if (gone === undefined) throw new Misuse(`there is no grant '${id}'`);
        say(shownGrant(gone), `${gone.id} is taken back.`);
      } else await sayAll(granting, say);
    } catch (fault) {
      if (fault instanceof GrantFault) throw new Misuse(`${fault.message}.`);
      throw fault;
    }
    return 0;
  });
}

function wishOf(values: Command["values"]): Parameters<Granting["add"]>[0] {
  const needed = (name: string): string => {
    const value = text(values[name]);
    if (value === undefined) throw new Misuse(`--${name} is missing.\nFor example: ${example}`);
    return value;
  };
  const methods = list(values["method"]).map((method) => method.toUpperCase());
  return {
    kind: needed("kind"),
    from: needed("from"),
    to: needed("to"),
    object: text(values["object"]),
    methods: methods.length === 0 ? ["GET"] : methods,
    reason: needed("why"),
    forMs: readDuration("for", text(values["for"]) ?? defaultFor),
  };
}

async function sayAll(granting: Granting, say: Say): Promise<void> {
  const all = (await granting.list()).map(shownGrant);
  const rows = all.map((one) => [
    one.id,
    one.kind,
    one.from,
    one.to,
    "object" in one ? one.object : "(all)",
    one.methods.join(" "),
    one.until,
    one.reason,
  ]);
  const head = ["ID", "KIND", "FROM", "TO", "OBJECT", "METHODS", "UNTIL", "WHY"];
  say(all, tableLines([head, ...rows]));
}
