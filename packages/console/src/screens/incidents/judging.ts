import type { Act } from "../../acts/act.ts";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import { commandText } from "../../text/shell.ts";
import { incidentWords as words } from "../../words/incidents.ts";

type Listed = AnswerTo<"GET /incidents">["items"][number];
interface Judgement {
  readonly state?: Listed["state"];
  readonly mark?: NonNullable<Listed["mark"]>;
}

const markNames = { true: words.isTrue, benign: words.benign, expected: words.expected };
const stateNames = { open: words.reopen, acknowledged: words.take, closed: words.close };
const commandOf = (id: string, { mark, state }: Judgement): string | undefined =>
  mark !== undefined
    ? commandText("portcullis", "incidents", "mark", id, "--as", mark)
    : state === "closed"
      ? commandText("portcullis", "incidents", "close", id)
      : state === "acknowledged"
        ? commandText("portcullis", "incidents", "acknowledge", id)
        : undefined;

/** Says what an incident was, or who looks into it. What it was before comes back by the undo. */
export function judging(incident: Listed, judgement: Judgement, after: () => void): Act {
  const { id, kind, mark, state } = incident;
  const name =
    judgement.mark === undefined
      ? stateNames[judgement.state ?? "open"]
      : markNames[judgement.mark];
  const judge = async (body: Judgement, why?: string): Promise<void> => {
    await ask("PATCH /incidents/{id}", {
      path: { id },
      body,
      ...(why === undefined ? {} : { why }),
    });
    after();
  };
  const command = commandOf(id, judgement);
  return {
    id: `judge ${id} ${JSON.stringify(judgement)}`,
    name,
    needs: "operator",
    reach: judgement.mark === undefined ? words.stateReach : words.markReach,
    why: words.why(kind.replaceAll("-", " ")),
    ...(command === undefined ? {} : { command }),
    seen: async () => {
      const now = await ask("GET /incidents/{id}", { path: { id }, background: true });
      return `${now.state} ${now.mark}`;
    },
    run: async (why) => {
      await judge(judgement, why);
      const before: Judgement = { state, ...(mark === undefined ? {} : { mark }) };
      // A mark cannot be taken away, only replaced: then there is nothing to undo it by.
      const isLasting = judgement.mark !== undefined && mark === undefined;
      return isLasting ? undefined : { name, run: () => judge(before) };
    },
  };
}
