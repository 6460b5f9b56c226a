import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "../../address/link.tsx";
import { countText } from "../../text/numbers.ts";
import { Said } from "../../text/said.tsx";
import { operationWords as words } from "../../words/operations.ts";
import type { Controlled } from "./ladder-act.ts";
import { SomeRecords } from "./some-records.tsx";
import type { Since } from "./use-since.ts";

type Build = Controlled["builds"][number];

const mostBuilds = 12;
const nameOf = ({ app = "", version }: Build): string =>
  version === undefined ? words.noBuild : `${app} ${version}`;

/** Requests come from somebody: where records name nobody, people are not counted, and not none. */
const peopleText = (people: number, requests: number): string =>
  people === 0 && requests > 0 ? words.notCounted : countText(people);

interface BuildsProps {
  readonly operation: string;
  readonly of: Controlled;
  readonly since: Since;
}

/** Who would be refused, build by build; each opens to some of its records and why. */
export function BuildsTable({ of, operation, since }: BuildsProps): JSX.Element | null {
  const [opened, setOpened] = useState<string | undefined>(undefined);
  const builds = of.builds
    .toSorted((a, b) => b.requests - a.requests || b.seen - a.seen)
    .slice(0, mostBuilds);
  if (builds.length === 0) return null;
  const isAnyMended = builds.some(({ mended }) => mended > 0);
  const isAnyAlready = builds.some(({ already }) => already > 0);
  const { buildColumns: columns } = words;
  return (
    <table class="cards builds">
      <caption>
        {words.wouldRefuse} ({since.said})
      </caption>
      <thead>
        <tr>
          <th scope="col">{columns.build}</th>
          <th scope="col" class="number">
            {columns.seen}
          </th>
          <th scope="col" class="number">
            {columns.refused}
          </th>
          <th scope="col" class="number">
            {columns.people}
          </th>
          <th scope="col" class="number">
            {columns.bound}
          </th>
          {isAnyMended ? (
            <th scope="col" class="number">
              {columns.mended}
            </th>
          ) : null}
          {isAnyAlready ? (
            <th scope="col" class="number">
              {columns.already}
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {builds.map((build) => {
          const name = nameOf(build);
          const isOpen = opened === name;
          return [
            <tr key={name}>
              <th scope="row">
                {build.requests + build.mended + build.already === 0 ? (
                  <Said text={name} most={60} />
                ) : (
                  <button
                    type="button"
                    class="quiet"
                    aria-expanded={isOpen}
                    onClick={() => setOpened(isOpen ? undefined : name)}
                  >
                    {isOpen ? "▾" : "▸"} <Said text={name} most={60} />
                  </button>
                )}
              </th>
              <td class="number" data-label={columns.seen}>
                {countText(build.seen)}
              </td>
              <td
                class={build.requests > 0 ? "number observed" : "number"}
                data-label={columns.refused}
              >
                {countText(build.requests)}
              </td>
              <td class="number" data-label={columns.people}>
                {peopleText(build.people, build.requests)}
              </td>
              <td class="number" data-label={columns.bound}>
                {peopleText(build.boundPeople, build.boundRequests)}
              </td>
              {isAnyMended ? (
                <td class="number" data-label={columns.mended}>
                  {countText(build.mended)}
                </td>
              ) : null}
              {isAnyAlready ? (
                <td class="number" data-label={columns.already}>
                  {countText(build.already)}
                </td>
              ) : null}
            </tr>,
            isOpen ? (
              <tr key={`${name} records`} class="opened">
                <td colSpan={7}>
                  <SomeRecords operation={operation} codes={of.codes} build={build} />
                  <Link
                    to={{
                      path: "/live",
                      filter: `op:${operation}`,
                      app: build.app,
                      version: build.version,
                    }}
                  >
                    {words.all}
                  </Link>
                </td>
              </tr>
            ) : null,
          ];
        })}
      </tbody>
    </table>
  );
}
