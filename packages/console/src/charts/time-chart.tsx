import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { Span } from "../address/range.ts";
import { chartWords as words } from "../words/charts.ts";
import type { TimeChartData } from "./chart.ts";
import { ChartTable } from "./chart-table.tsx";
import { readingOf } from "./reading.ts";
import { ticksUpTo, timeTicks } from "./scale.ts";
import { barsPath, type Box, linePath } from "./shapes.ts";
import { useBrush } from "./use-brush.ts";
import { useWidth } from "./use-width.ts";
import { shortCount } from "../text/numbers.ts";

interface TimeChartProps {
  readonly title: string;
  readonly data: TimeChartData;
  /** A stretch was chosen. */
  readonly onBrush?: (span: Span) => void;
  readonly children?: ComponentChildren;
}

const height = 190;

/** Stacked bars over time. It is read by pointing, by arrow keys, or as a table; all say the same. */
export function TimeChart({ children, data, onBrush, title }: TimeChartProps): JSX.Element {
  const [width, frame] = useWidth(720);
  const id = useId();
  const [at, setAt] = useState<number | undefined>(undefined);
  const { before, marks, span, stacked, stepMs } = data;
  const steps = stacked[0]?.values.length ?? 0;
  const totals = Array.from({ length: steps }, (_none, index) =>
    stacked.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  );
  const ticks = ticksUpTo(Math.max(...totals, ...(before?.values ?? []).map((one) => one ?? 0)));
  const most = ticks.at(-1) ?? 1;
  const box: Box = { left: 40, top: 18, width: Math.max(width - 44, 40), height: height - 42 };
  const firstMs = Math.floor(span.fromMs / stepMs) * stepMs;
  const lengthMs = Math.max(steps * stepMs, 1);
  const xOf = (ms: number): number => box.left + ((ms - firstMs) / lengthMs) * box.width;
  const brush = useBrush({
    steps,
    at,
    setAt,
    stepAt: (x) => Math.floor(((x - box.left) / box.width) * steps),
    chosen: (from, to) =>
      onBrush?.({ fromMs: firstMs + from * stepMs, toMs: firstMs + (to + 1) * stepMs }),
  });
  const each = box.width / Math.max(steps, 1);
  const reading = at === undefined ? words.hint : readingOf(data, at);
  const sums = stacked.map((_one, index) =>
    totals.map((_none, step) =>
      stacked.slice(0, index).reduce((sum, { values }) => sum + (values[step] ?? 0), 0),
    ),
  );
  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption>
        <h2 id={id}>{title}</h2>
        {children}
      </figcaption>
      <div
        class="plot"
        ref={frame}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={Math.max(steps - 1, 0)}
        aria-valuenow={at ?? 0}
        aria-valuetext={reading}
        {...brush.handlers}
      >
        <svg width={width} height={height} aria-hidden="true" class="drawing">
          <defs>
            <pattern
              id={`${id}-hatch`}
              width="4"
              height="4"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="4" height="4" class="hatch-ground" />
              <rect width="2" height="4" class="hatch-line" />
            </pattern>
          </defs>
          {ticks.map((tick) => {
            const y = box.top + box.height - (tick / most) * box.height;
            return (
              <g key={tick}>
                <line class="grid" x1={box.left} x2={box.left + box.width} y1={y} y2={y} />
                <text class="tick" x={box.left - 6} y={y + 4} text-anchor="end">
                  {shortCount(tick)}
                </text>
              </g>
            );
          })}
          {timeTicks(span, Math.max(2, Math.floor(width / 90))).map(({ atMs, text }) => (
            <text key={atMs} class="tick" x={xOf(atMs)} y={height - 6}>
              {text}
            </text>
          ))}
          {brush.chosen === undefined ? null : (
            <rect
              class="chosen"
              x={box.left + brush.chosen.from * each}
              width={(brush.chosen.to - brush.chosen.from + 1) * each}
              y={box.top}
              height={box.height}
            />
          )}
          {stacked.map(({ outcome, values }, index) => (
            <path
              key={outcome}
              class={`bars ${outcome}`}
              fill={outcome === "observed" ? `url(#${id}-hatch)` : undefined}
              d={barsPath(values, sums[index] ?? [], most, box)}
            />
          ))}
          {before === undefined ? null : (
            <path class="line-before" d={linePath(before.values, most, box)} />
          )}
          {marks
            .filter(({ atMs }) => atMs >= firstMs && atMs <= firstMs + lengthMs)
            .map(({ atMs, what }) => (
              <g key={`${atMs} ${what}`} class="mark">
                <line x1={xOf(atMs)} x2={xOf(atMs)} y1={6} y2={box.top + box.height} />
                <path d={`M${xOf(atMs) - 4} 2h8l-4 6z`} />
              </g>
            ))}
          {at === undefined ? null : (
            <rect
              class="cursor"
              x={box.left + at * each}
              width={Math.max(each, 1)}
              y={box.top}
              height={box.height}
            />
          )}
        </svg>
      </div>
      <div class="chart-foot">
        <p class="chart-reading">{reading}</p>
        <ChartTable data={data} />
      </div>
    </figure>
  );
}
