import type { Plan } from "@portcullis/guard/policy";
import { shownSwitch } from "../../admin/switches/switches.ts";
import {
  SwitchFault,
  Switching,
  type SwitchState,
  switchStates,
  type SwitchWish,
} from "../../admin/switches/switching.ts";
import { operationNames } from "../../policy/operation-names.ts";
import type { SwitchRecord } from "../../store/tables/switches.ts";
import { configFlag, directoryFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import { withStore } from "../open-store.ts";
import { readDuration } from "../read-duration.ts";
import { text } from "../sources.ts";
import { Misuse, type Say, sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const flags = {
  config: configFlag,
  profile: profileFlag,
  directory: directoryFlag,
  control: {
    type: "string",
    help: "one control, by its mode key, in place of all (docs/journey.md)",
  },
  app: { type: "string", help: "only for builds in a range of versions, such as '<3.2'" },
  percent: { type: "string", help: "only for this share of callers, from 1 to 100" },
  for: { type: "string", help: "for how long, such as 2h; without it until it is undone" },
  why: { type: "string", help: "why: it stands in the list and in the audit" },
  ended: { type: "boolean", help: "with list: also those that ended or were undone" },
  json: jsonFlag,
} satisfies Flags;

export const example = `portcullis switch login off --app '<3.2' --for 2h --why "3.1 sends no proof"
       portcullis switch '*' observe --why "nobody gets in"
       portcullis switch list
       portcullis switch undo ID`;
export const takes = "OPERATION on|off|observe|enforce, or list, or undo ID";
export const mostWords = 2;

/** Sets modes while the program runs, on every node within a second, and takes them back. */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const [first = "list", second] = words;
  const say = sayTo(terminal, values);
  return withStore(command, environment, async ({ plan, store }) => {
    const switching = new Switching(store.switches, store.audit, "command", Date.now);
    try {
      if (first === "list") await sayAll(switching, values["ended"] === true, say);
      else if (first === "undo") {
        const undone = await switching.undo(second ?? "");
        if (undone === undefined)
          throw new Misuse("no such switch holds.\nTo see which do: portcullis switch list");
        say(shownSwitch(undone), `Undone: ${wordsOf(undone)}. What held before holds again.`);
      } else {
        const one = await switching.add(wishOf(first, second, values), namesOf(plan));
        say(
          shownSwitch(one),
          `${wordsOf(one)}. It holds on every thread within a second.\n` +
            `To take it back: portcullis switch undo ${one.id}`,
        );
      }
    } catch (fault) {
      if (fault instanceof SwitchFault)
        throw new Misuse(`${fault.message}.\nFor example: ${example}`);
      throw fault;
    }
    return 0;
  });
}

function namesOf(plan: Plan | undefined): ReturnType<typeof operationNames> {
  if (plan === undefined)
    throw new Misuse("the policy makes no plan, so its operations are not known: portcullis check");
  return operationNames(plan);
}

function wishOf(
  operation: string,
  state: string | undefined,
  values: Command["values"],
): SwitchWish {
  if (!isState(state))
    throw new Misuse(
      `say what '${operation}' becomes: ${switchStates.join(", ")}.\nFor example: ${example}`,
    );
  const why = text(values["why"]);
  if (why === undefined) throw new Misuse(`--why is missing.\nFor example: ${example}`);
  const [percent, lasting] = [text(values["percent"]), text(values["for"])];
  return {
    operation,
    state,
    control: text(values["control"]),
    app: text(values["app"]),
    percent: percent === undefined ? undefined : Number(percent),
    reason: why,
    forMs: lasting === undefined ? undefined : readDuration("for", lasting),
  };
}

const isState = (word: string | undefined): word is SwitchState =>
  switchStates.some((state) => state === word);

/** What a switch does, in words. */
function wordsOf({ app, control, endsAtMs, mode, operation, percent }: SwitchRecord): string {
  const what = operation === "*" ? "every operation" : operation;
  const whom = [
    ...(app === undefined ? [] : [`builds ${app}`]),
    ...(percent === undefined ? [] : [`${percent} % of callers`]),
  ].join(" and ");
  const until = endsAtMs === undefined ? "" : ` until ${new Date(endsAtMs).toISOString()}`;
  const does =
    control === "closed"
      ? { enforce: "is switched off", observe: "would be switched off", off: "is open" }[mode]
      : `has ${control ?? "every control"} on ${mode}`;
  return `${what} ${does}${whom === "" ? "" : ` for ${whom}`}${until}`;
}

async function sayAll(switching: Switching, ended: boolean, say: Say): Promise<void> {
  const all = await switching.list({ ended });
  if (all.length === 0) return say([], "No switch holds: everything is as the policy says.");
  const rows = all.map((one) => {
    const { createdAt, id, reason, undoneAt, undoneBy } = shownSwitch(one);
    const gone = undoneAt === undefined ? "" : ` (undone ${undoneAt} by ${undoneBy ?? "?"})`;
    return [id, `${wordsOf(one)}${gone}`, one.createdBy, createdAt, reason];
  });
  say(all.map(shownSwitch), tableLines([["ID", "WHAT", "BY", "SINCE", "WHY"], ...rows]));
}
