import type { ComponentChildren, JSX } from "preact";
import { countText } from "../../text/numbers.ts";
import { Moment } from "../../text/moment.tsx";
import { callerWords as words } from "../../words/callers.ts";
import type { Counted } from "./facts.ts";

const numbers = ["requests", "observed", "refused", "failed"] as const;
const mostRows = 20;

/** Requests beside what became of them, row by row; a cell of nothing is empty. */
export function CountedTable({
  children,
  first,
  of,
  title,
}: {
  readonly title: string;
  readonly first: string;
  readonly of: readonly Counted[];
  readonly children: (row: Counted) => ComponentChildren;
}): JSX.Element | null {
  const { columns } = words;
  if (of.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <table class="cards counted">
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {numbers.map((name) => (
              <th scope="col" class="number" key={name}>
                {columns[name]}
              </th>
            ))}
            <th scope="col">{columns.last}</th>
          </tr>
        </thead>
        <tbody>
          {of.slice(0, mostRows).map((row) => (
            <tr key={row.name}>
              <th scope="row">{children(row)}</th>
              {numbers.map((name) => (
                <td
                  key={name}
                  class={name === "requests" || row[name] === 0 ? "number" : `number ${name}`}
                  data-label={columns[name]}
                >
                  {countText(row[name])}
                </td>
              ))}
              <td data-label={columns.last}>
                <Moment at={row.last} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
