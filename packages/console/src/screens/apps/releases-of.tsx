import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { propose } from "../../acts/acting.ts";
import { ActButton } from "../../acts/act-button.tsx";
import { Moment } from "../../text/moment.tsx";
import { Said } from "../../text/said.tsx";
import { visibleText } from "../../text/visible.ts";
import { appWords as words } from "../../words/apps.ts";
import { type Release, sayAct, withdrawAct } from "./release-acts.ts";

/** What was released of an app, and what tells of another. */
export function ReleasesOf({
  after,
  app,
  of,
}: {
  readonly app: string;
  readonly of: readonly Release[];
  readonly after: () => void;
}): JSX.Element {
  const [version, setVersion] = useState("");
  const { releaseColumns: columns } = words;
  const say = (event: Event): void => {
    event.preventDefault();
    propose(sayAct(app, version.trim(), after));
  };
  return (
    <div class="releases">
      <h3>{words.releases}</h3>
      {of.length === 0 ? <p>{words.noReleases}</p> : null}
      {of.length === 0 ? null : (
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{columns.version}</th>
              <th scope="col">{columns.at}</th>
              <th scope="col">{columns.known}</th>
              <th scope="col">{columns.note}</th>
              <th scope="col">{columns.act}</th>
            </tr>
          </thead>
          <tbody>
            {of.map((one) => (
              <tr key={one.version}>
                <th scope="row">
                  <Said text={one.version} most={40} />
                </th>
                <td data-label={columns.at}>
                  <Moment at={one.at} />
                </td>
                <td data-label={columns.known}>
                  {one.by === undefined ? (
                    words.sources[one.source]
                  ) : (
                    <Said text={words.by(words.sources[one.source], one.by)} most={80} />
                  )}
                </td>
                <td data-label={columns.note}>
                  <Said text={one.note} most={120} />
                </td>
                <td>
                  <ActButton act={withdrawAct(one, after)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <form class="say-release" onSubmit={say}>
        <input
          required
          maxLength={40}
          pattern="[0-9]+(\.[0-9]+)*"
          aria-label={words.newVersion(visibleText(app))}
          placeholder={words.newVersionHint}
          value={version}
          onInput={({ currentTarget }) => setVersion(currentTarget.value)}
        />
        <button type="submit">{words.say}</button>
      </form>
    </div>
  );
}
