import type { JSX } from "preact";
import { type Span, stepFor, stepMs, weekBefore } from "../../address/range.ts";
import { useAnswer } from "../../api/use-answer.ts";
import { Spark } from "../../charts/spark.tsx";
import { durationText, percentText } from "../../text/numbers.ts";
import { overviewWords as words } from "../../words/overview.ts";
import { type Series, timesOf, usePageSpan } from "./use-overview.ts";

/** Mode keys of the controls that believe a token or do not. */
const credentialModes: ReadonlySet<string> = new Set(["authentication", "binding"]);

/** Three small charts of one scale each, every one beside the same hours last week. */
export function Multiples({ span }: { readonly span: Span }): JSX.Element {
  const { query } = usePageSpan();
  const step = stepFor(span, Date.now()) === "day" ? "day" : "hour";
  const [now, then] = [timesOf(span), timesOf(weekBefore(span))];
  const both = (more: Readonly<Record<string, string>>) =>
    [
      useAnswer("GET /series", { query: { ...query, ...now, step, ...more } }).value,
      useAnswer("GET /series", { query: { ...query, ...then, step, ...more } }).value,
    ] as const;
  const times = both({ durations: "true" });
  const errors = both({ class: "5" });
  const codes = useAnswer("GET /problems", {}).value ?? [];
  const ofCredentials = new Set(
    codes.filter(({ mode }) => credentialModes.has(mode)).map(({ code }) => code),
  );
  const refused = both({ by: "code", outcome: "refused" }).map(
    (series) =>
      series && {
        ...series,
        items: series.items.filter(({ code }) => ofCredentials.has(code ?? "")),
      },
  );
  const lines = [span, weekBefore(span)] as const;
  const shareOf = (part: Series | undefined, all: Series | undefined): number | undefined => {
    const requests = total(all);
    return requests === 0 || part === undefined ? undefined : total(part) / requests;
  };
  const p95 = (series: Series | undefined): number | undefined => {
    const known = (series?.items ?? []).filter(({ upstreamMs }) => upstreamMs !== undefined);
    const weight = known.reduce((sum, { requests }) => sum + requests, 0);
    // Of hours, weighted by their requests: quantiles cannot be added up exactly.
    return weight === 0
      ? undefined
      : known.reduce(
          (sum, { requests, upstreamMs }) => sum + (upstreamMs?.p95 ?? 0) * requests,
          0,
        ) / weight;
  };
  const rows = [
    {
      name: words.backend,
      now: p95(times[0]),
      before: p95(times[1]),
      text: durationText,
      lines: times.map((one, index) =>
        values(one, lines[index] ?? span, stepMs[step], ({ upstreamMs }) => upstreamMs?.p95),
      ),
    },
    ...[
      { name: words.errors, part: errors },
      { name: words.signIn, part: refused },
    ].map(({ name, part }) => ({
      name,
      now: shareOf(part[0], times[0]),
      before: shareOf(part[1], times[1]),
      text: percentText,
      lines: part.map((one, index) =>
        values(one, lines[index] ?? span, stepMs[step], ({ requests }) => requests, 0),
      ),
    })),
  ];
  return (
    <section>
      <h2>{words.multiples}</h2>
      <div class="multiples">
        {rows.map(({ before, lines: [own = [], earlier = []], name, now: value, text }) => (
          <div class="multiple" key={name}>
            <h3>{name}</h3>
            <p class="value">
              <strong>{value === undefined ? "–" : text(value)}</strong>
              <small>{before === undefined ? words.noLastWeek : words.was(text(before))}</small>
            </p>
            <Spark values={own} before={earlier} />
          </div>
        ))}
      </div>
    </section>
  );
}

const total = (series: Series | undefined): number =>
  (series?.items ?? []).reduce((sum, { requests }) => sum + requests, 0);

function values(
  series: Series | undefined,
  { fromMs, toMs }: Span,
  each: number,
  valueOf: (item: Series["items"][number]) => number | undefined,
  otherwise?: number,
): readonly (number | undefined)[] {
  const first = Math.floor(fromMs / each);
  const steps = Math.max(1, Math.ceil(toMs / each) - first);
  const line: (number | undefined)[] = Array.from({ length: steps }, () => otherwise);
  for (const item of series?.items ?? []) {
    const index = Math.floor(Date.parse(item.at) / each) - first;
    const value = valueOf(item);
    // Rows of several codes at one time add up; a time that took so long stands alone.
    if (index >= 0 && index < steps)
      line[index] = otherwise === undefined ? value : (line[index] ?? 0) + (value ?? 0);
  }
  return line;
}
