import { countText } from "../text/numbers.ts";
import { clockText, dayText } from "../text/times.ts";
import { chartWords as words } from "../words/charts.ts";
import type { TimeChartData } from "./chart.ts";

const dayMs = 86_400_000;

/** When a step begins, as its row of the table says it. */
export function stepText({ span, stepMs }: TimeChartData, step: number): string {
  const atMs = Math.floor(span.fromMs / stepMs) * stepMs + step * stepMs;
  return stepMs >= dayMs ? dayText(atMs) : `${dayText(atMs)} ${clockText(atMs)}`;
}

/** What a chart shows at one step, in words. */
export function readingOf(data: TimeChartData, step: number): string {
  const { before, marks, span, stacked, stepMs } = data;
  const atMs = Math.floor(span.fromMs / stepMs) * stepMs + step * stepMs;
  const counts = stacked
    .filter(({ outcome, values }) => outcome === "passed" || (values[step] ?? 0) > 0)
    .map(({ name, values }) => `${countText(values[step] ?? 0)} ${name}`);
  const earlier = before?.values[step];
  const happened = marks.filter((mark) => mark.atMs >= atMs && mark.atMs < atMs + stepMs);
  return [
    `${stepText(data, step)}: ${counts.join(", ")}`,
    ...(earlier === undefined ? [] : [words.beforeWas(before?.name ?? "", countText(earlier))]),
    ...happened.map(({ what }) => what),
  ].join(" · ");
}
