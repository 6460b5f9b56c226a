import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { timeTicks } from "../../charts/scale.ts";
import { useWidth } from "../../charts/use-width.ts";
import { percentText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { dayText } from "../../text/times.ts";
import { visibleText } from "../../text/visible.ts";
import { appWords as words } from "../../words/apps.ts";
import { type AppBuilds, dayMs, days, total } from "./build-counts.ts";

/** More areas than these are not told apart. */
const mostAreas = 5;
const height = 180;
const foot = 20;

interface Area {
  readonly name: string;
  readonly byDay: readonly number[];
  readonly week: number;
}

/** The versions that most requests come with, the newest at the ground; the others are one area. */
function areasOf({ builds }: AppBuilds): readonly Area[] {
  const most = new Set(
    builds.toSorted((a, b) => total(b.byDay) - total(a.byDay)).slice(0, mostAreas),
  );
  const named = builds.filter((one) => most.has(one));
  const rest = builds.filter((one) => !most.has(one));
  const areas = named.map(({ byDay, version, week }) => ({ name: version, byDay, week }));
  if (rest.length === 0) return areas;
  const byDay = Array.from({ length: days }, (_none, day) =>
    total(rest.map((one) => one.byDay[day] ?? 0)),
  );
  return [...areas, { name: words.others, byDay, week: total(rest.map(({ week }) => week)) }];
}

/** Which builds live: each day is whole, and its builds are its parts. */
export function ShareChart({
  firstMs,
  keptSinceMs,
  of,
}: {
  readonly of: AppBuilds;
  readonly firstMs: number;
  /** The first day of which anything is known. */
  readonly keptSinceMs: number;
}): JSX.Element {
  const [width, frame] = useWidth(720);
  const id = useId();
  const areas = areasOf(of);
  const sums = Array.from({ length: days }, (_none, day) =>
    total(areas.map(({ byDay }) => byDay[day] ?? 0)),
  );
  const weekSum = total(areas.map(({ week }) => week));
  const each = width / days;
  const tall = height - foot;
  const pathOf = (index: number): string =>
    sums
      .map((sum, day) => {
        const share = (areas[index]?.byDay[day] ?? 0) / sum;
        if (!(share > 0)) return "";
        const below = total(areas.slice(0, index).map(({ byDay }) => byDay[day] ?? 0)) / sum;
        const [x, y] = [round(day * each), round((1 - below - share) * tall)];
        return `M${x} ${y}h${round(each + 0.2)}v${round(share * tall)}H${x}z`;
      })
      .join("");
  const span = { fromMs: firstMs, toMs: firstMs + days * dayMs };
  return (
    <figure class="share-chart" aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{words.share(visibleText(of.app))}</h3>
      </figcaption>
      <div ref={frame}>
        <svg width={width} height={height} aria-hidden="true" class="drawing">
          {areas.map(({ name }, index) => (
            <path key={name} class={`area area-${index}`} d={pathOf(index)} />
          ))}
          {timeTicks(span, Math.max(2, Math.floor(width / 110))).map(({ atMs, text }) => (
            <text key={atMs} class="tick" x={((atMs - firstMs) / dayMs) * each} y={height - 4}>
              {text}
            </text>
          ))}
        </svg>
      </div>
      <div class="legend">
        {areas.map(({ name, week }, index) => (
          <span key={name}>
            <svg width="12" height="12" aria-hidden="true" class="drawing">
              <path class={`area area-${index}`} d="M0 0h12v12H0z" />
            </svg>
            <Said text={name} most={40} /> {weekSum === 0 ? "–" : percentText(week / weekSum)}
          </span>
        ))}
      </div>
      {keptSinceMs > firstMs ? <small>{words.keptSince(dayText(keptSinceMs))}</small> : null}
      <ShareTable areas={areas} sums={sums} firstMs={firstMs} />
    </figure>
  );
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The same in numbers, day by day; days without requests are left out. */
function ShareTable({
  areas,
  firstMs,
  sums,
}: {
  readonly areas: readonly Area[];
  readonly firstMs: number;
  readonly sums: readonly number[];
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{words.asTable}</summary>
      {isOpen ? (
        <div class="sideways" tabIndex={0} role="region" aria-label={words.asTable}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.day}</th>
                {areas.map(({ name }) => (
                  <th scope="col" class="number" key={name}>
                    <Said text={name} most={40} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sums.map((sum, day) =>
                sum === 0 ? null : (
                  <tr key={day}>
                    <th scope="row">{dayText(firstMs + day * dayMs)}</th>
                    {areas.map(({ byDay, name }) => (
                      <td class="number" key={name}>
                        {percentText((byDay[day] ?? 0) / sum)}
                      </td>
                    ))}
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  );
}
