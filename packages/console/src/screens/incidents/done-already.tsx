import type { JSX } from "preact";
import { ActButton } from "../../acts/act-button.tsx";
import type { Act } from "../../acts/act.ts";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { actWords } from "../../words/acts.ts";
import { incidentWords as words } from "../../words/incidents.ts";

import { type Response, undoingResponse } from "./responding.ts";

type Switch = AnswerTo<"GET /switches">[number];

interface DoneAlreadyProps {
  readonly incident: AnswerTo<"GET /incidents/{id}">;
  readonly switches: readonly Switch[];
  readonly responses: readonly Response[];
  readonly after: () => void;
}

/** What the policy and people have done about it, each with its end and its undo. */
export function DoneAlready({
  after,
  incident,
  responses,
  switches,
}: DoneAlreadyProps): JSX.Element {
  const { done, operations, startedAt } = incident;
  const holding = switches.filter(
    ({ createdAt, operation }) =>
      createdAt >= startedAt && (operation === "*" || operations.includes(operation)),
  );
  return (
    <section>
      <h2>{words.done}</h2>
      {done.length + holding.length + responses.length === 0 ? (
        <p class="small">{words.nothingDone}</p>
      ) : null}
      <ul class="done-list">
        {done.map((one) => (
          <li key={`${one.at} ${one.what}`}>
            <Moment at={one.at} />
            <span>
              <Said text={one.what} />
              {one.mode === "observe" ? <small class="observed"> {words.wouldDo}</small> : null}
              {one.until === undefined ? null : (
                <small>
                  {" "}
                  {words.until} <Moment at={one.until} clock />
                </small>
              )}
            </span>
            {one.undo === undefined ? null : (
              <CopyCommand command={one.undo} name={actWords.undo} />
            )}
          </li>
        ))}
        {responses.map((one) => (
          <li key={one.id}>
            <Moment at={one.startedAt} />
            <span>
              {words.responses.names[one.do](one.key.kind)}{" "}
              <Said text={one.key.name} mono most={24} />{" "}
              <small>
                <Said text={one.by} />: <Said text={one.reason} />,{" "}
                {words.responses.states[one.state]} {words.until}{" "}
                <Moment at={one.undoneAt ?? one.until} clock />
              </small>
            </span>
            {one.state === "holds" ? <ActButton act={undoingResponse(one, after)} /> : null}
          </li>
        ))}
        {holding.map((one) => (
          <li key={one.id}>
            <Moment at={one.createdAt} />
            <span>
              <Said text={`${one.operation} ${one.control ?? ""} ${one.mode ?? ""}`} />{" "}
              <small>
                <Said text={one.createdBy} />: <Said text={one.reason} />
              </small>
              {one.endsAt === undefined ? null : (
                <small>
                  {" "}
                  {words.until} <Moment at={one.endsAt} clock />
                </small>
              )}
            </span>
            <ActButton act={undoing(one, after)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function undoing({ control, id, mode, operation }: Switch, after: () => void): Act {
  const what = `${operation} ${control ?? ""} ${mode ?? ""}`;
  return {
    id: `undo ${id}`,
    name: actWords.undo,
    needs: "operator",
    reach: what,
    why: what,
    command: commandText("portcullis", "switch", "undo", id),
    run: async (why) => {
      await ask("DELETE /switches/{id}", { path: { id }, why });
      after();
      return undefined;
    },
  };
}
