import { audit } from "@portcullis/identity/audit";
import { withStore } from "../open-store.ts";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import { text } from "../sources.ts";
import { Misuse, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  show: { help: "whether the store was brought back from a copy, and from when that is" },
  restored: { help: "say that the store was brought back from a copy; --at names its moment" },
} as const;

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  at: {
    type: "string",
    help: "with restored: when the copy was made, such as 2026-11-21T03:00:00Z",
  },
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis store restored --at 2026-11-21T03:00:00Z";

/**
 * A store that was brought back from a copy does not know the refresh tokens that were given since.
 * Said here, the issuer takes them once each, from the keys they are bound to.
 */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const isRestored = words[0] === "restored";
  const copyOfMs = isRestored ? momentOf(text(values["at"])) : 0;
  return withStore(command, environment, async ({ store }) => {
    if (isRestored) {
      await store.restorations.put({ copyOfMs, saidAtMs: Date.now() });
      await audit(store.audit, Date.now(), {
        actor: "command",
        action: "store-restored",
        about: "store",
        details: { copyOf: new Date(copyOfMs).toISOString() },
      });
    }
    const latest = await store.restorations.latest();
    const copyOf = latest === undefined ? undefined : new Date(latest.copyOfMs).toISOString();
    const saidAt = latest === undefined ? undefined : new Date(latest.saidAtMs).toISOString();
    terminal.out(
      values["json"] === true
        ? JSON.stringify({ copyOf: copyOf ?? null, saidAt: saidAt ?? null })
        : wordsOf(copyOf, saidAt),
    );
    return 0;
  });
}

const wordsOf = (copyOf: string | undefined, saidAt: string | undefined): string =>
  copyOf === undefined
    ? "Nobody has said that this store was brought back from a copy."
    : `This store was brought back from a copy of ${copyOf} (said at ${saidAt}). ` +
      "Refresh tokens that were given since are taken once for each session, from the key they are " +
      "bound to; sign-ins made since start again.";

/** @throws Misuse when it is no moment, or one to come */
function momentOf(at: string | undefined): number {
  if (at === undefined) throw new Misuse(`say when the copy was made: ${example}`);
  const moment = /^\d{4}-\d{2}-\d{2}T/.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(moment))
    throw new Misuse(`'${at}' is no moment: a date and a time with its zone, as in\n  ${example}`);
  if (moment > Date.now()) throw new Misuse(`'${at}' is in the future: a copy is of the past.`);
  return moment;
}
