import type { JSX } from "preact";
import { pathOf } from "../../address/address.ts";
import { Link } from "../../address/link.tsx";
import { go, usePlace } from "../../address/place.ts";
import type { AnswerTo } from "../../api/admin-client.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Spark } from "../../charts/spark.tsx";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Failed, NoMatch, Notice, Partial, Waiting } from "../../states/states.tsx";
import { countText, durationText, percentText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { operationWords as words } from "../../words/operations.ts";
import { ControlCell, isThere } from "./control-cell.tsx";
import { ReadyList } from "./ready-list.tsx";
import { useSince } from "./use-since.ts";

type Told = AnswerTo<"GET /operations">;
type Row = Told["items"][number];
type Order = keyof typeof words.orders;

const everyMs = 30_000;
const orders = Object.keys(words.orders) as Order[];
const observedOf = ({ cells }: Row): number =>
  Object.values(cells).reduce((sum, { observed }) => sum + observed, 0);

const weights: Readonly<Record<Order, (row: Row) => number>> = {
  document: () => 0,
  requests: ({ requests = 0 }) => requests,
  refused: observedOf,
  failed: ({ failed = 0 }) => failed,
};

/** Every operation with what guards it, those that stand open at the top. */
export function OperationList(): JSX.Element {
  const { filter, more } = usePlace();
  const since = useSince("24h");
  const { again, problem, value } = useAnswer("GET /operations", {
    query: { since: since.asked },
    everyMs,
  });
  const order = orders.find((one) => one === more["order"]) ?? "document";
  return (
    <div class="screen operations">
      <header class="heading">
        <h1>{words.title}</h1>
        <span class="end">
          <CopyCommand command={commandText("portcullis", "check", "--json")} />
        </span>
      </header>
      {problem !== undefined && value === undefined ? (
        <Failed problem={problem} again={again} />
      ) : null}
      {value === undefined && problem === undefined ? <Waiting rows={8} /> : null}
      {value === undefined ? null : (
        <>
          <Partial missing={value.missing} />
          {value.isCounted ? <ReadyList /> : <Notice title={words.uncounted} tone="warn" />}
          <Holes of={value} />
          <div class="controls-line">
            <input
              type="search"
              aria-label={words.filter}
              placeholder={words.filter}
              value={filter}
              onInput={({ currentTarget }) => go({ filter: currentTarget.value }, "replace")}
            />
            <select
              aria-label={words.sort}
              value={order}
              onChange={({ currentTarget }) =>
                go({ more: { ...more, order: currentTarget.value } }, "replace")
              }
            >
              {orders.map((one) => (
                <option key={one} value={one}>
                  {words.orders[one]}
                </option>
              ))}
            </select>
            <Legend />
          </div>
          <Table of={value} filter={filter} order={order} />
        </>
      )}
    </div>
  );
}

const Legend = (): JSX.Element => (
  <ul class="cell-legend">
    {(Object.keys(words.legend) as (keyof typeof words.legend)[]).map((mode) => (
      <li key={mode}>
        <span class={`cell ${mode}`} aria-hidden="true" /> {words.legend[mode]}
      </li>
    ))}
  </ul>
);

function Holes({ of: { items } }: { readonly of: Told }): JSX.Element | null {
  const open = items.flatMap(({ holes, name }) => holes.map((hole) => ({ hole, name })));
  if (open.length === 0) return null;
  return (
    <section aria-labelledby="holes">
      <h2 id="holes">{words.holes}</h2>
      <ul class="holes">
        {open.map(({ hole, name }) => (
          <li key={`${name} ${hole}`}>
            <Link to={{ path: pathOf("operations", name) }}>
              <Said text={name} most={60} />
            </Link>{" "}
            {words.holeWords[hole]}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Table({
  filter,
  of: { controls, items },
  order,
}: {
  readonly of: Told;
  readonly filter: string;
  readonly order: Order;
}): JSX.Element {
  const wanted = filter.trim().toLowerCase();
  const fits = ({ name, place = "", tags }: Row): boolean =>
    [name, place, ...tags].some((one) => one.toLowerCase().includes(wanted));
  const rows = items.filter(fits).toSorted((a, b) => weights[order](b) - weights[order](a));
  const shown = controls.filter(({ key }) =>
    items.some(({ cells }) => cells[key] !== undefined && isThere(cells[key])),
  );
  if (rows.length === 0)
    return (
      <NoMatch
        title={words.none}
        drop={[{ name: words.dropFilter, run: () => go({ filter: "" }) }]}
      />
    );
  return (
    <div class="sideways">
      <table class="cards operation-table">
        <thead>
          <tr>
            <th scope="col">{words.columns.operation}</th>
            <th scope="col">{words.columns.traffic}</th>
            <th scope="col" class="number">
              {words.columns.requests}
            </th>
            <th scope="col" class="number">
              {words.columns.p95}
            </th>
            <th scope="col" class="number">
              {words.columns.failed}
            </th>
            {shown.map(({ key, sentence }) => (
              <th scope="col" key={key} class="narrow" title={sentence}>
                <span>{key}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <OperationRow key={row.name} of={row} controls={shown.map(({ key }) => key)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OperationRow({
  controls,
  of: { cells, failed = 0, hours = [], name, p95Ms, place, requests },
}: {
  readonly of: Row;
  readonly controls: readonly string[];
}): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <Link to={{ path: pathOf("operations", name) }}>
          <Said text={name} most={60} />
        </Link>
        <small class="place">
          {place === undefined ? words.undeclared : <Said text={place} most={80} mono />}
        </small>
      </th>
      <td class="spark-cell">
        <Spark values={hours} />
      </td>
      <td class="number" data-label={words.columns.requests}>
        {requests === undefined ? "–" : countText(requests)}
      </td>
      <td class="number" data-label={words.columns.p95}>
        {p95Ms === undefined ? "–" : durationText(p95Ms)}
      </td>
      <td class="number" data-label={words.columns.failed}>
        {requests === undefined || requests === 0 ? "–" : percentText(failed / requests)}
      </td>
      {controls.map((key) => {
        const cell = cells[key];
        return (
          <td key={key} class="narrow" data-control={key}>
            {cell === undefined ? null : <ControlCell cell={cell} control={key} />}
          </td>
        );
      })}
    </tr>
  );
}
