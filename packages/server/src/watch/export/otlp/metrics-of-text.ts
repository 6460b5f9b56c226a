/** A metric of `/metrics`, with each of its rows. */
export interface ToldMetric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly rows: ToldRow[];
}

export interface ToldRow {
  /** `_bucket`, `_sum`, `_count` of a histogram; empty otherwise. */
  readonly suffix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const row = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const suffixes = ["_bucket", "_sum", "_count"] as const;

/** The text of `/metrics`, which this program has written itself, as metrics again. */
export function metricsOfText(text: string): readonly ToldMetric[] {
  const metrics = new Map<string, ToldMetric>();
  let help = "";
  for (const line of text.split("\n")) {
    const [mark, word, name = "", ...rest] = line.split(" ");
    if (mark === "#" && word === "HELP") help = rest.join(" ");
    else if (mark === "#" && word === "TYPE")
      metrics.set(name, { name, help, type: rest[0] as ToldMetric["type"], rows: [] });
    else addRow(metrics, line);
  }
  return [...metrics.values()];
}

function addRow(metrics: ReadonlyMap<string, ToldMetric>, line: string): void {
  const [, name = "", labels = "", value = ""] = row.exec(line) ?? [];
  const suffix = metrics.has(name) ? "" : (suffixes.find((one) => name.endsWith(one)) ?? "");
  const metric = metrics.get(name.slice(0, name.length - suffix.length));
  metric?.rows.push({ suffix, labels: labelsOf(labels), value: Number(value) });
}

const labelsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(label)].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(/\\(.)/g, (_all, letter: string) => (letter === "n" ? "\n" : letter)),
    ]),
  );
