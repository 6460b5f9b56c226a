import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { countText } from "../text/numbers.ts";
import { Said } from "../text/said.tsx";
import { chartWords as words } from "../words/charts.ts";
import type { TimeChartData } from "./chart.ts";
import { stepText } from "./reading.ts";

/** The numbers of a chart, for who does not see it. Made when it is opened. */
export function ChartTable({ data }: { readonly data: TimeChartData }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{words.asTable}</summary>
      {isOpen ? (
        <div tabIndex={0} role="region" aria-label={words.asTable}>
          <Rows data={data} />
        </div>
      ) : null}
    </details>
  );
}

function Rows({ data }: { readonly data: TimeChartData }): JSX.Element {
  const { before, marks, stacked } = data;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.from}</th>
            {stacked.map(({ name }) => (
              <th scope="col" class="number" key={name}>
                {name}
              </th>
            ))}
            {before === undefined ? null : (
              <th scope="col" class="number">
                {before.name}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {(stacked[0]?.values ?? []).map((_value, step) => (
            <tr key={step}>
              <th scope="row">{stepText(data, step)}</th>
              {stacked.map(({ name, values }) => (
                <td class="number" key={name}>
                  {countText(values[step] ?? 0)}
                </td>
              ))}
              {before === undefined ? null : (
                <td class="number">
                  {before.values[step] === undefined ? "–" : countText(before.values[step])}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <ul>
        {marks.map(({ atMs, what }) => (
          <li key={`${atMs} ${what}`}>
            {new Date(atMs).toISOString()} <Said text={what} />
          </li>
        ))}
      </ul>
    </>
  );
}
