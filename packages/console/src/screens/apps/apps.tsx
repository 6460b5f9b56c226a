import type { JSX } from "preact";
import { useAnswer } from "../../api/use-answer.ts";
import { useNow } from "../../state/now.ts";
import { CopyCommand } from "../../states/copy-command.tsx";
import { Failed, Notice, Partial, Waiting } from "../../states/states.tsx";
import { percentText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { commandText } from "../../text/shell.ts";
import { appWords as words } from "../../words/apps.ts";
import "./apps.css";
import { appsOf, dayMs, firstDayMs } from "./build-counts.ts";
import { BuildsOf, type RefusedOf, Requiring } from "./builds-of.tsx";
import { ReleasesOf } from "./releases-of.tsx";
import { ShareChart } from "./share-chart.tsx";

const minuteMs = 60_000;
const everyMs = 60_000;
const mostReleases = "200";
/** Mode keys of the controls that believe a token or do not. */
const credentialModes: ReadonlySet<string> = new Set(["authentication", "binding"]);

/** Which builds live, and who is left behind? */
export function Apps(): JSX.Element {
  const nowMs = Math.floor(useNow() / minuteMs) * minuteMs;
  const fromMs = firstDayMs(nowMs);
  const week = { from: isoOf(fromMs + 83 * dayMs), to: isoOf(nowMs) };
  const query = { from: isoOf(fromMs), to: isoOf(nowMs), by: "app,appVersion", step: "day" };
  const counts = useAnswer("GET /series", { query, everyMs });
  const refused = useAnswer("GET /series", {
    query: { ...week, by: "app,appVersion", step: "all", outcome: "refused" },
    everyMs,
  });
  const codes = useAnswer("GET /series", {
    query: { ...week, by: "app,appVersion,code", step: "all", outcome: "refused", mode: "enforce" },
    everyMs,
  });
  const catalogue = useAnswer("GET /problems", {}).value ?? [];
  const releases = useAnswer("GET /releases", { query: { most: mostReleases }, everyMs });
  const ofCredentials = new Set(
    catalogue.filter(({ mode }) => credentialModes.has(mode)).map(({ code }) => code),
  );
  const refusedOf = (app: string, version: string): RefusedOf => {
    const own = (one: { readonly app?: string; readonly appVersion?: string }): boolean =>
      one.app === app && one.appVersion === version;
    const sum = (rows: readonly { readonly requests: number }[]): number =>
      rows.reduce((all, { requests }) => all + requests, 0);
    const coded = (codes.value?.items ?? []).filter(({ code }) => ofCredentials.has(code ?? ""));
    return {
      all: sum((refused.value?.items ?? []).filter(own)),
      credentials: sum(coded.filter(own)),
    };
  };
  const items = counts.value?.items ?? [];
  const apps = appsOf(items, nowMs);
  const keptSinceMs = Math.min(...items.map(({ at }) => Date.parse(at)));
  return (
    <>
      <header class="heading">
        <h1>{words.title}</h1>
        <span class="end">
          <CopyCommand command={commandText("portcullis", "release", "list")} />
        </span>
      </header>
      {counts.problem === undefined ? null : counts.problem.status === 409 ? (
        <Notice title={words.unkept}>
          <p>{words.unkeptHow}</p>
          <code>{words.unkeptPolicy}</code>
        </Notice>
      ) : (
        <Failed problem={counts.problem} again={counts.again} />
      )}
      <Partial missing={counts.value?.missing} />
      {counts.value === undefined && counts.problem === undefined ? <Waiting rows={8} /> : null}
      {counts.value !== undefined && apps.length === 0 ? <Notice title={words.none} /> : null}
      {apps.map((one) => (
        <section class="app" key={one.app}>
          <h2>
            <Said text={one.app} most={80} />
          </h2>
          <Requiring of={one} />
          <ShareChart of={one} firstMs={fromMs} keptSinceMs={keptSinceMs} />
          <BuildsOf
            of={one}
            keptSinceMs={keptSinceMs}
            refusedOf={(version) => refusedOf(one.app, version)}
          />
          {releases.problem === undefined ? null : (
            <Failed problem={releases.problem} again={releases.again} />
          )}
          {releases.value === undefined ? null : (
            <ReleasesOf
              app={one.app}
              of={releases.value.items.filter(({ app }) => app === one.app)}
              after={releases.again}
            />
          )}
        </section>
      ))}
      <Unnamed of={items} sinceMs={fromMs + 83 * dayMs} />
    </>
  );
}

const isoOf = (atMs: number): string => new Date(atMs).toISOString();

/** How much of the traffic these charts say nothing of. */
function Unnamed({
  of,
  sinceMs,
}: {
  readonly of: readonly {
    readonly at: string;
    readonly app?: string;
    readonly appVersion?: string;
    readonly requests: number;
  }[];
  readonly sinceMs: number;
}): JSX.Element | null {
  const week = of.filter(({ at }) => Date.parse(at) >= sinceMs);
  const sum = (rows: typeof week): number => rows.reduce((all, one) => all + one.requests, 0);
  const unnamed = sum(week.filter((one) => one.app === undefined || one.appVersion === undefined));
  if (unnamed === 0) return null;
  return <p class="small">{words.unnamed(percentText(unnamed / sum(week)))}</p>;
}
