import type { Act } from "../../acts/act.ts";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import { several } from "../../text/numbers.ts";
import { commandText } from "../../text/shell.ts";
import { operationWords as words } from "../../words/operations.ts";
import type { Since } from "./use-since.ts";

export type Controlled = AnswerTo<"GET /forecast">["controls"][number];
export type Step = Controlled["steps"][number];
type Switch = Controlled["switches"][number];

interface Climbing {
  readonly operation: string;
  readonly of: Controlled;
  readonly since: Since;
  /** Something was pressed: what is shown is asked for again. */
  readonly after: () => void;
}

const mostNamed = 4;

/** `3.2.0 812, 3.3.0 9`: the builds that would meet it most. */
function buildsText({ builds }: Step): string {
  const most = builds
    .filter(({ requests }) => requests > 0)
    .toSorted((a, b) => b.requests - a.requests);
  const named = most
    .slice(0, mostNamed)
    .map(({ app = "", requests, version }) =>
      [version === undefined ? words.noBuild : `${app} ${version}`, requests].join(" "),
    );
  const rest = most.length - named.length;
  return [...named, ...(rest > 0 ? [several(rest, "other build", "other builds")] : [])].join(", ");
}

/** What holds about this control here, so that two people do not press against one another. */
const seenSwitches = async (operation: string, control: string): Promise<string> =>
  (await ask("GET /switches", { background: true }))
    .filter((one) => one.operation === operation || one.operation === "*")
    .filter((one) => one.control === control || one.control === undefined)
    .map(({ id }) => id)
    .join();

/** One press is one step: a switch, with its reach before it and its undo behind it. */
export function stepAct(step: Step, { after, of, operation, since }: Climbing): Act {
  const { control } = of;
  const { app, percent, state } = step;
  const name = words.stepName(app, percent, state);
  const isHarmful = step.boundPeople > 0;
  return {
    id: `${operation} ${control} ${name}`,
    name,
    needs: "operator",
    reach:
      state === "observe"
        ? words.observeReach
        : words.reach({ ...step, since: since.said, builds: buildsText(step) }),
    // Who refuses people with a bound key says why in their own words.
    why: isHarmful ? "" : words.prefilledWhy(since.said, step.requests),
    danger: step.requests > 0,
    seen: () => seenSwitches(operation, control),
    command: commandText(
      "portcullis",
      "switch",
      operation,
      state,
      "--control",
      control,
      ...(app === undefined ? [] : ["--app", app]),
      ...(percent === undefined ? [] : ["--percent", String(percent)]),
      "--why",
      words.prefilledWhy(since.said, step.requests),
    ),
    run: async (reason) => {
      const { id } = await ask("POST /switches", {
        body: {
          operation,
          state,
          control,
          reason,
          ...(app === undefined ? {} : { app }),
          ...(percent === undefined ? {} : { percent }),
        },
        why: reason,
      });
      after();
      return {
        name: words.undo(name, operation),
        run: async () => {
          await ask("DELETE /switches/{id}", { path: { id } });
          after();
        },
      };
    },
  };
}

/** Takes the newest step back, whoever has pressed it. */
export async function undoStep({ id }: Switch, after: () => void): Promise<void> {
  await ask("DELETE /switches/{id}", { path: { id }, why: words.undoWhy });
  after();
}
