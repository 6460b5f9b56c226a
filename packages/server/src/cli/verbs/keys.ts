import { audit } from "@portcullis/identity/audit";
import { SigningKeys } from "@portcullis/identity/signing-keys";
import { reseal } from "../../store/reseal.ts";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { withStore } from "../open-store.ts";
import { issueKey } from "./keys/issue-key.ts";
import { Misuse, tableLines, type Terminal } from "../terminal.ts";

export const actions = {
  list: { help: "every key, and from when to when it signs" },
  rotate: { help: "make a new key; it signs when everybody can have it" },
  retire: { takes: "KID", help: "let a key sign no more" },
  issue: {
    takes: "SUBJECT",
    help: "make an API key for the file of identity.sources; it is shown once",
  },
  reseal: { help: "seal the store again with the current key of PORTCULLIS_KEY" },
} as const;

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  now: {
    type: "boolean",
    help: "with rotate and retire: at once, for a key that others may have",
  },
  source: { type: "string", help: "with issue: the source, where several have keys" },
  role: { type: "string", multiple: true, help: "with issue: a role of its callers" },
  scope: { type: "string", multiple: true, help: "with issue: a scope of its callers" },
  expires: { type: "string", help: "with issue: when it ends, such as 2027-12-31" },
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis keys rotate";

/** What signs tokens, and what seals the store. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const [action = "list", kid] = words;
  const atOnce = values["now"] === true;
  const say = (value: unknown, lines: string): void =>
    terminal.out(values["json"] === true ? JSON.stringify(value) : lines);
  if (action === "issue") {
    const made = await issueKey(command, environment, kid);
    say(
      made,
      `${made.key}\n\nThis is the only time that the key is shown: ${made.file} holds its hash (${made.id}).`,
    );
    return 0;
  }
  return withStore(command, environment, async ({ sealing, store }) => {
    const signing = new SigningKeys(store.signingKeys, sealing, Date.now);
    const noted = (what: string, about: string): Promise<void> =>
      audit(store.audit, Date.now(), { actor: "command", action: what, about });
    switch (action) {
      case "rotate": {
        const made = await signing.rotate(atOnce);
        await noted("key-rotated", `key:${made}`);
        say(
          { kid: made, signsAtOnce: atOnce },
          atOnce
            ? `${made} signs from now on. Others who keep the public keys may refuse its tokens for some minutes.`
            : `${made} is published now and signs in twenty minutes, when everybody can have it.`,
        );
        return 0;
      }
      case "retire": {
        if (kid === undefined)
          throw new Misuse(
            "say which: portcullis keys retire KID (portcullis keys list shows them)",
          );
        if (!(await signing.retire(kid, atOnce)))
          throw new Misuse(
            `there is no key '${kid}' to retire.\nTo see which there are: portcullis keys list`,
          );
        await signing.keepFresh();
        await noted("key-retired", `key:${kid}`);
        say(
          { kid, believed: !atOnce },
          atOnce
            ? `${kid} is not believed any more: whoever has a token of it must renew it.`
            : `${kid} signs no more. What it has signed stays valid until it ends.`,
        );
        return 0;
      }
      case "reseal": {
        const rows = await reseal(store, sealing);
        await noted("store-resealed", "store");
        say(
          { rows },
          `${rows} rows are sealed with the current key now. The older ones may be taken out of PORTCULLIS_KEY.`,
        );
        return 0;
      }
      default: {
        const all = await signing.list();
        say(
          all.map((one) => ({
            ...one,
            createdAt: new Date(one.createdAt).toISOString(),
            signsFrom: new Date(one.signsFrom).toISOString(),
          })),
          tableLines([
            ["KEY", "STATE", "MADE", "SIGNS FROM"],
            ...all.map((one) => [
              one.kid,
              one.state,
              new Date(one.createdAt).toISOString(),
              new Date(one.signsFrom).toISOString(),
            ]),
          ]),
        );
        return 0;
      }
    }
  });
}
