import type { Act } from "../../acts/act.ts";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import { countText } from "../../text/numbers.ts";
import { commandText } from "../../text/shell.ts";
import { momentText } from "../../text/times.ts";
import { incidentWords as words } from "../../words/incidents.ts";

type Incident = AnswerTo<"GET /incidents/{id}">;
type Responses = AnswerTo<"GET /incidents/{id}/responses">;
export type Possible = Responses["can"][number];
export type Response = Responses["items"][number];

const path = "GET /incidents/{id}/responses";

/** Whom it touches, as it is known: honest people of the last day, and since when that is counted. */
export function reachText({ key, reach, share }: Possible): string {
  const about =
    key === undefined || key.name === ""
      ? ""
      : words.responses.about(key.kind, key.name, Math.round((share ?? 1) * 100));
  if (reach === undefined) return about;
  const counted =
    reach.counted === "device-bound" ? words.responses.bound : words.responses.signedIn;
  const since =
    reach.since === undefined
      ? ""
      : ` ${words.responses.since(momentText(Date.parse(reach.since), Date.now()))}`;
  return `${about} ${words.responses.reach(countText(reach.people), countText(reach.of), counted)}${since}`.trim();
}

/** What can be done about an incident, each with its reach; it ends by itself, and is undone by one press. */
export function responding(
  incident: Incident,
  { can, items }: Responses,
  after: () => void,
): readonly Act[] {
  const { id, summary } = incident;
  const seenOf = (all: readonly Response[]): string =>
    all
      .filter(({ state }) => state === "holds")
      .map((one) => one.id)
      .join();
  return can
    .filter((one) => one.may && one.do !== "enforce")
    .filter((one) => !items.some((item) => item.do === one.do && item.state === "holds"))
    .map((one) => {
      const name = words.responses.names[one.do](one.key?.kind ?? "");
      const why = words.responses.why(summary).slice(0, 400);
      return {
        id: `${one.do} ${id}`,
        name,
        needs: "operator",
        danger: one.do === "revoke",
        reach: reachText(one),
        why,
        command: commandText(
          "portcullis",
          "incidents",
          "respond",
          id,
          "--do",
          one.do,
          "--why",
          why,
        ),
        seen: async () => seenOf((await ask(path, { path: { id }, background: true })).items),
        run: async (reason: string) => {
          const made = await ask("POST /incidents/{id}/responses", {
            path: { id },
            body: { do: one.do, reason },
            why: reason,
          });
          after();
          return { name, run: () => undo(made, after) };
        },
      };
    });
}

async function undo({ id, incident }: Response, after: () => void, why?: string): Promise<void> {
  await ask("DELETE /incidents/{id}/responses/{response}", {
    path: { id: incident, response: id },
    ...(why === undefined ? {} : { why }),
  });
  after();
}

/** Takes a response back that somebody, or the policy, has begun. */
export function undoingResponse(response: Response, after: () => void): Act {
  const name = words.responses.undo(words.responses.names[response.do](response.key.kind));
  return {
    id: `undo ${response.id}`,
    name,
    needs: "operator",
    reach: words.responses.undoReach,
    why: name,
    command: response.undo,
    run: async (why) => {
      await undo(response, after, why);
      return undefined;
    },
  };
}
