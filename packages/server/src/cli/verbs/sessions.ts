import { Administration } from "@portcullis/identity/administration";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import type { Action, Command, Environment, Flags } from "../verb.ts";
import { withStore } from "../open-store.ts";
import { Misuse, type Terminal } from "../terminal.ts";
import { revokeCaller, revokeFlags } from "./users/revoke-caller.ts";

export const actions: Readonly<Record<string, Action>> = {
  revoke: { takes: "SESSION", help: "refuse a session, by the name that its source gives it" },
};

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  ...revokeFlags,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis sessions revoke s-42 --source people";

/** Sessions, whichever source they are of. Those of the built-in issuer: `users sessions`. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const [action, name] = command.words;
  if (action !== "revoke" || name === undefined)
    throw new Misuse("say which: portcullis sessions revoke SESSION --source NAME");
  return withStore(command, environment, async ({ policy, sealing, store }) => {
    const administration = new Administration(store, sealing, "command", []);
    const { lines, value } = await revokeCaller(policy, administration, "session", name, command);
    terminal.out(command.values["json"] === true ? JSON.stringify(value) : lines);
    return 0;
  });
}
