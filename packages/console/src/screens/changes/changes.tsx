import type { JSX } from "preact";
import type { Act } from "../../acts/act.ts";
import { ActButton } from "../../acts/act-button.tsx";
import { pathOf } from "../../address/address.ts";
import { Link } from "../../address/link.tsx";
import { go, usePlace } from "../../address/place.ts";
import { type AnswerTo, ask } from "../../api/admin-client.ts";
import { mayDo, session } from "../../api/session.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { useKept } from "../../state/kept.ts";
import { useNow } from "../../state/now.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Failed, NoMatch, Notice, Waiting } from "../../states/states.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { changeWords as words } from "../../words/changes.ts";
import { stateWords } from "../../words/states.ts";
import { holds, type Listed, listOf } from "./change-list.ts";

type Switch = AnswerTo<"GET /switches">[number];

const everyMs = 10_000;
const most = "200";

/** Who did what, and why; and what of it can be taken back. */
export function Changes(): JSX.Element {
  const { filter } = usePlace();
  const isOperator = mayDo(useKept(session), "operator");
  const switches = useAnswer("GET /switches", { query: { ended: "true" }, everyMs });
  const audit = useAnswer("GET /audit", isOperator ? { query: { most }, everyMs } : undefined);
  const all = listOf(switches.value ?? [], audit.value ?? []);
  const wanted = filter.trim().toLowerCase();
  const rows = all.filter(({ what, who, why }) =>
    [what, who, why].some((one) => one.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <header class="heading">
        <h1>{words.title}</h1>
        <span class="end">
          <CopyCommand command={commandText("portcullis", "switch", "list", "--ended")} />
        </span>
      </header>
      <p>
        <input
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={filter}
          onInput={({ currentTarget }) => go({ filter: currentTarget.value }, "replace")}
        />
      </p>
      {isOperator ? null : (
        <Notice title={words.auditFor} tone="plain">
          {stateWords.whoMay("operator")}
        </Notice>
      )}
      {[switches, audit].map(({ again, problem, value }, index) =>
        problem === undefined || value !== undefined ? null : (
          <Failed key={index} problem={problem} again={again} />
        ),
      )}
      {switches.value === undefined && switches.problem === undefined ? (
        <Waiting rows={6} />
      ) : all.length === 0 ? (
        <Notice title={words.none} />
      ) : rows.length === 0 ? (
        <NoMatch
          title={words.noneFits}
          drop={[{ name: words.dropFilter, run: () => go({ filter: "" }) }]}
        />
      ) : (
        <Table of={rows} after={switches.again} />
      )}
    </>
  );
}

function Table({
  after,
  of,
}: {
  readonly of: readonly Listed[];
  readonly after: () => void;
}): JSX.Element {
  const { columns } = words;
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{columns.what}</th>
          <th scope="col">{columns.who}</th>
          <th scope="col">{columns.why}</th>
          <th scope="col">{columns.when}</th>
          <th scope="col">{columns.state}</th>
        </tr>
      </thead>
      <tbody>
        {of.map(({ at, id, operation, thrown, what, who, why }) => (
          <tr key={id}>
            <th scope="row">
              {operation === undefined ? (
                <Said text={what} most={160} />
              ) : (
                <Link
                  to={{
                    path: pathOf("operations", operation),
                    more: thrown?.control === undefined ? {} : { control: thrown.control },
                  }}
                >
                  <Said text={what} most={160} />
                </Link>
              )}
            </th>
            <td data-label={columns.who}>
              <Said text={who} most={60} />
            </td>
            <td data-label={columns.why}>
              <Said text={why} most={200} />
            </td>
            <td data-label={columns.when}>
              <Moment at={at} />
            </td>
            <td data-label={columns.state}>
              {thrown === undefined ? null : <State of={thrown} what={what} after={after} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function State({
  after,
  of,
  what,
}: {
  readonly of: Switch;
  readonly what: string;
  readonly after: () => void;
}): JSX.Element {
  const nowMs = useNow();
  if (holds(of, nowMs))
    return (
      <>
        {words.holds}{" "}
        {of.endsAt === undefined ? null : (
          <>
            {words.until} <Moment at={of.endsAt} clock />{" "}
          </>
        )}
        <ActButton act={undoAct(of, what, after)} />
      </>
    );
  return (
    <span>
      {of.undoneAt === undefined ? (
        words.ended
      ) : (
        <>
          <Said text={words.undone(of.undoneBy ?? "")} /> <Moment at={of.undoneAt} />
        </>
      )}
    </span>
  );
}

/** Taking back can be taken back: the same is set again. */
function undoAct(one: Switch, what: string, after: () => void): Act {
  const { app, control, id, mode, operation, percent } = one;
  return {
    id: `undo ${id}`,
    name: words.undoName(what),
    needs: "operator",
    reach: words.undoReach,
    why: words.undoWhy,
    command: commandText("portcullis", "switch", "undo", id),
    run: async (why) => {
      await ask("DELETE /switches/{id}", { path: { id }, why });
      after();
      return {
        name: words.redo(what),
        run: async () => {
          const isClosing = control === "closed";
          await ask("POST /switches", {
            body: {
              operation,
              state: isClosing ? (mode === "enforce" ? "off" : "on") : mode,
              reason: words.redo(what),
              ...(control === undefined || isClosing ? {} : { control }),
              ...(app === undefined ? {} : { app }),
              ...(percent === undefined ? {} : { percent }),
            },
          });
          after();
        },
      };
    },
  };
}
