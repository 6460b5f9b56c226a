import type { DecisionRecord } from "@portcullis/guard/records";
import type { Difference } from "../../watch/differences.ts";
import type { Series } from "../../watch/series.ts";
import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { readDuration } from "../read-duration.ts";
import { text } from "../sources.ts";
import { Misuse, sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const actions = {
  list: { help: "records that fit, the newest first" },
  series: { help: "counts by time: with --step, --by and --durations" },
  differences: { help: "what differs most from the same hours a week before, and why" },
  reveal: {
    takes: "PSEUDONYM",
    help: "whom a pseudonym stands for; with --because, for the audit",
  },
} as const;

/** The words of the admin API, as they are written behind two dashes. */
const asked = {
  from: "from this time on, such as 2026-11-20T10:00:00Z",
  to: "before this time",
  operation: "of one operation",
  status: "404, or 4xx for all of this class",
  code: "with a decision of this code, observed ones too",
  appVersion: "of one version of an app",
  app: "of one app",
  client: "of one client",
  subject: "of this caller; or a pseudonym, or its beginning, behind a ~",
  device: "of this device; or a pseudonym behind a ~",
  address: "from this address; or a pseudonym behind a ~",
  trace: "of one request",
  object: "refusals about the object with this id",
  owner: "refusals of what was found to be this person's",
  outcome: "passed, refused or failed",
  mode: "with a decision that was enforced, or only observed",
  cursor: "the page behind another",
  most: "how many at most (20)",
  class: "with series: of one class of statuses, such as 4",
  step: "with series: minute, hour, day or all (hour)",
  by: "with series: what is told apart, such as operation,appVersion,code",
} as const;

export const flags: Flags = {
  ...Object.fromEntries(
    Object.entries(asked).map(([name, help]) => [dashed(name), { type: "string", help } as const]),
  ),
  since: { type: "string", help: "of the last 30m, 24h or 7d, in place of --from" },
  durations: { type: "boolean", help: "with series: how long requests took, and the backend" },
  because: { type: "string", help: "with reveal: why; it stands in the audit" },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
};

export const example = "portcullis records --since 24h --code object-not-yours --app-version 3.4.1";

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

interface Page {
  readonly items: readonly DecisionRecord[];
  readonly next?: string;
  readonly missing?: readonly string[];
}

/** Asks the running gate: what is kept belongs to its process. Exit code 1 where nothing is found. */
export async function run(
  { values, words }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const [action = "list", word] = words;
  const ask = <T>(path: string, change?: { method: "POST"; body: object }): Promise<T> =>
    askAdmin<T>(
      text(values["admin"]) ?? "http://127.0.0.1:9443",
      text(values["directory"]) ?? ".portcullis",
      path,
      change,
    );
  const say = sayTo(terminal, values);
  if (action === "reveal") {
    const because = text(values["because"]);
    if (word === undefined || because === undefined)
      throw new Misuse("say whom and why: portcullis records reveal PSEUDONYM --because TEXT");
    const path = `/pseudonyms/${encodeURIComponent(word.replace(/^~/, ""))}/reveal`;
    const revealed = await ask<{ readonly subject: string }>(path, {
      method: "POST",
      body: { because },
    });
    say(revealed, revealed.subject);
    return 0;
  }
  const query = queryOf(values);
  if (action === "series") {
    if (values["durations"] === true) query.set("durations", "true");
    const series = await ask<Series>(`/series?${query.toString()}`);
    say(series, seriesLines(series));
    for (const one of series.missing ?? []) terminal.error(`missing: ${one}`);
    return series.items.length === 0 ? 1 : 0;
  }
  if (action === "differences") {
    const { items } = await ask<{ readonly items: readonly Difference[] }>(
      `/differences?${query.toString()}`,
    );
    say(items, differenceLines(items));
    return items.length === 0 ? 1 : 0;
  }
  const page = await ask<Page>(`/records?${query.toString()}`);
  say(page, recordLines(page));
  for (const one of page.missing ?? []) terminal.error(`missing: ${one}`);
  return page.items.length === 0 ? 1 : 0;
}

function queryOf(values: Command["values"]): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of Object.keys(asked)) {
    const value = text(values[dashed(name)]);
    if (value !== undefined) query.set(name, value);
  }
  const since = text(values["since"]);
  if (since !== undefined && query.has("from")) throw new Misuse("say --from or --since, not both");
  if (since !== undefined)
    query.set("from", new Date(Date.now() - readDuration("since", since)).toISOString());
  return query;
}

const recordLines = ({ items, next }: Page): string =>
  items.length === 0
    ? "There is no such record."
    : tableLines([
        ["TIME", "STATUS", "OPERATION", "APP", "WHAT", "TRACE"],
        ...items.map((one) => [
          one.time,
          String(one.status),
          one.operation,
          [one.app, one.appVersion].filter((part) => part !== undefined).join(" "),
          [
            ...new Set(
              one.decisions.map(
                ({ code, mode }) => `${code}${mode === "enforce" ? "" : " (observed)"}`,
              ),
            ),
          ].join(", ") || one.outcome,
          one.traceId,
        ]),
      ]) + (next === undefined ? "" : `\n--cursor ${next} shows those behind them`);

const differenceLines = (items: readonly Difference[]): string =>
  items.length === 0
    ? "Nothing differs from a week before."
    : tableLines([
        ["OPERATION", "WHAT", "NOW", "EXPECTED", "BUILD", "LIKELY"],
        ...items.map(({ app, appVersion, likely, ...one }) => [
          one.operation,
          one.what === "trouble" ? (one.code ?? `${one.class}xx`) : `${one.what} requests`,
          String(one.count),
          String(one.expected),
          app === undefined ? "all" : `${app} ${appVersion}`,
          [likely.kind, likely.version ?? likely.switch].filter(Boolean).join(" "),
        ]),
      ]);

function seriesLines({ estimated, items }: Series): string {
  if (items.length === 0) return "Nothing was counted.";
  const dimensions = [
    "operation",
    "app",
    "appVersion",
    "outcome",
    "class",
    "code",
    "mode",
  ] as const;
  const told = dimensions.filter((name) => items.some((one) => one[name] !== undefined));
  const withTimes = items.some((one) => one.durationMs !== undefined);
  const rows = items.map((one) => [
    one.at,
    ...told.map((name) => one[name] ?? "-"),
    `${estimated ? "~" : ""}${one.requests}`,
    String(one.decided),
    ...(withTimes
      ? [
          `${one.durationMs?.p50 ?? "-"}`,
          `${one.durationMs?.p95 ?? "-"}`,
          `${one.upstreamMs?.p95 ?? "-"}`,
        ]
      : []),
  ]);
  const times = withTimes ? ["P50 MS", "P95 MS", "BACKEND P95 MS"] : [];
  return tableLines([
    ["AT", ...told.map((one) => one.toUpperCase()), "REQUESTS", "DECIDED", ...times],
    ...rows,
  ]);
}
