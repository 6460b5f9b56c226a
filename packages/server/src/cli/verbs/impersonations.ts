import { Impersonating } from "../../admin/impersonations/impersonating.ts";
import { shownImpersonation } from "../../admin/impersonations/impersonations.ts";
import { withStore } from "../open-store.ts";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import { Misuse, sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  list: { help: "who acts in whose name, until when and why" },
  end: { takes: "ID", help: "end one, on every thread within a second" },
} as const;

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis impersonations end 0mi3k2f9a-5d3c1b8e0f42";

/** Shows who acts in whose name just now, and ends it. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const [action = "list", id] = words;
  const say = sayTo(terminal, values);
  if (action === "end" && id === undefined)
    throw new Misuse("say which: portcullis impersonations end ID (impersonations shows them)");
  return withStore(command, environment, async ({ store }) => {
    const impersonating = new Impersonating(store, "command");
    if (action === "end") {
      const ended = await impersonating.end(id as string, Date.now());
      if (ended === undefined) throw new Misuse(`there is no impersonation '${id}', or it is over`);
      say(
        shownImpersonation(ended),
        `${ended.actor} acts for ${ended.subject} no more, and cannot begin anew within a day.`,
      );
      return 0;
    }
    const all = (await impersonating.list(Date.now())).map(shownImpersonation);
    const rows = all.map((one) => [
      one.id,
      one.actor,
      one.subject,
      one.begunAt,
      one.until,
      one.reason,
    ]);
    say(all, tableLines([["ID", "WHO ACTS", "FOR", "SINCE", "UNTIL", "WHY"], ...rows]));
    return 0;
  });
}
