import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "../../address/link.tsx";
import { countText, percentText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { dayText } from "../../text/times.ts";
import { visibleText } from "../../text/visible.ts";
import { appWords as words } from "../../words/apps.ts";
import { type AppBuilds, shareOlderThan, total } from "./build-counts.ts";

/** Refusals of a build in the last week. */
export interface RefusedOf {
  readonly all: number;
  readonly credentials: number;
}

/** What a minimum would do today, told from what was counted. */
export function Requiring({ of }: { readonly of: AppBuilds }): JSX.Element {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const version = chosen ?? of.builds[0]?.version ?? "";
  const { before, now } = shareOlderThan(of, version);
  return (
    <p class="requiring">
      <label>
        {words.require}{" "}
        <select
          class="minimum"
          value={version}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        >
          {of.builds.map((one) => (
            <option key={one.version} value={one.version}>
              {visibleText(one.version)}
            </option>
          ))}
        </select>{" "}
        {words.today}
      </label>{" "}
      <span role="status">
        {now === undefined
          ? words.noRequests
          : now === 0
            ? words.noneLost
            : words.wouldLose(
                percentText(now),
                before === undefined ? undefined : percentText(before),
              )}
      </span>
    </p>
  );
}

export function BuildsOf({
  keptSinceMs,
  of,
  refusedOf,
}: {
  readonly of: AppBuilds;
  /** The first day of which anything is known. */
  readonly keptSinceMs: number;
  readonly refusedOf: (version: string) => RefusedOf;
}): JSX.Element {
  const { columns } = words;
  const week = total(of.builds.map((one) => one.week));
  const numbers = [columns.requests, columns.share, columns.refused, columns.credentials];
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{columns.version}</th>
          {numbers.map((name) => (
            <th scope="col" class="number" key={name}>
              {name}
            </th>
          ))}
          <th scope="col">{columns.first}</th>
          <th scope="col">{columns.last}</th>
        </tr>
      </thead>
      <tbody>
        {of.builds.map((build) => {
          const refused = refusedOf(build.version);
          const first = dayText(build.firstMs);
          return (
            <tr key={build.version}>
              <th scope="row">
                <Link to={{ path: "/live", filter: `app:${of.app} version:${build.version}` }}>
                  <Said text={build.version} most={40} />
                </Link>
              </th>
              <td class="number" data-label={columns.requests}>
                {countText(build.week)}
              </td>
              <td class="number" data-label={columns.share}>
                {week === 0 ? "–" : percentText(build.week / week)}
              </td>
              <td class="number" data-label={columns.refused}>
                {countText(refused.all)}
              </td>
              <td class="number" data-label={columns.credentials}>
                {countText(refused.credentials)}
              </td>
              <td data-label={columns.first}>
                {build.firstMs <= keptSinceMs ? words.earlier(first) : first}
              </td>
              <td data-label={columns.last}>{dayText(build.lastMs)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
