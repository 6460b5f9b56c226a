import type { JSX } from "preact";
import { type AnswerTo } from "../../api/admin-client.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { useNow } from "../../state/now.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Failed, Waiting } from "../../states/states.tsx";
import { countText, several } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { dayText, exactText } from "../../text/times.ts";
import { postureWords as words } from "../../words/posture.ts";
import { ControlTable } from "./control-table.tsx";
import "./posture.css";

type Standing = AnswerTo<"GET /posture">;

const everyMs = 60_000;

/** Where every control stands, how it is measured, whose it is, and what to do next. */
export function Posture(): JSX.Element {
  const { again, problem, value } = useAnswer("GET /posture", { everyMs });
  return (
    <div class="posture">
      <header class="heading">
        <h1>{words.title}</h1>
        <span class="end">
          <CopyCommand command={commandText("portcullis", "posture")} />
          <button type="button" onClick={() => print()}>
            {words.print}
          </button>
        </span>
      </header>
      {problem === undefined ? null : <Failed problem={problem} again={again} />}
      {value === undefined ? (
        problem === undefined ? (
          <Waiting rows={8} />
        ) : null
      ) : (
        <>
          <Summary of={value} />
          <NextSteps of={value.next} />
          <ControlTable of={value.items} />
        </>
      )}
    </div>
  );
}

function Summary({ of: { items, requests, since } }: { readonly of: Standing }): JSX.Element {
  const nowMs = useNow();
  const having = (does: (modes: Standing["items"][number]["operations"]) => boolean): number =>
    items.filter(({ operations }) => does(operations)).length;
  const enforced = having(({ enforce, staged }) => enforce + staged > 0);
  const observed = having(({ enforce, observe, staged }) => observe > 0 && enforce + staged === 0);
  return (
    <p>
      {words.stands(
        several(items.length, ...words.controls),
        countText(enforced),
        countText(observed),
      )}{" "}
      {words.rests(several(requests, ...words.requests), dayText(Date.parse(since)))}
      <span class="printed"> {words.printed(exactText(nowMs))}</span>
    </p>
  );
}

function NextSteps({ of }: { readonly of: Standing["next"] }): JSX.Element {
  return (
    <section>
      <h2>{words.next}</h2>
      {of.length === 0 ? <p>{words.nothingNext}</p> : null}
      <ol class="next-steps">
        {of.map(({ about, how, what }) => (
          <li key={`${about} ${what}`}>
            <strong>
              <Said text={about} most={60} />
            </strong>{" "}
            <Said text={what} most={300} />{" "}
            <code>
              <Said text={how} most={300} />
            </code>
          </li>
        ))}
      </ol>
    </section>
  );
}
