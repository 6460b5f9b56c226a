import type { JSX } from "preact";
import { useNow } from "../../state/now.ts";
import { useTail } from "../../stream/use-tail.ts";
import { Said } from "../../text/said.tsx";
import { countText } from "../../text/numbers.ts";
import { operationWords as words } from "../../words/operations.ts";

interface FirstMinuteProps {
  readonly operation: string;
  readonly codes: readonly string[];
  /** When the newest step was taken (RFC 3339). */
  readonly since: string;
}

/** How long a step is looked at as it happens. */
const followedMs = 120_000;

/** Who is refused since the newest step, as it happens: by build. */
export function FirstMinute({ codes, operation, since }: FirstMinuteProps): JSX.Element | null {
  const nowMs = useNow();
  const sinceMs = Date.parse(since);
  const isFresh = nowMs - sinceMs < followedMs;
  const query = new URLSearchParams({ operation }).toString();
  const { tail } = useTail(isFresh ? query : undefined, false);
  if (!isFresh) return null;
  const seen = tail.rows.filter(({ record }) => Date.parse(record.time) >= sinceMs);
  const refused = seen.filter(({ record }) =>
    record.decisions.some(({ code, mode }) => mode === "enforce" && codes.includes(code)),
  );
  const builds = Map.groupBy(refused, ({ record: { app = "", appVersion } }) =>
    appVersion === undefined ? words.noBuild : `${app} ${appVersion}`,
  );
  return (
    <div class="first-minute" role="status" aria-live="polite">
      <strong>{words.live}</strong>{" "}
      <span class="soft">{seen.length === 0 ? words.holdsNow : words.confirmed}</span>{" "}
      {refused.length === 0 ? (
        words.liveNobody
      ) : (
        <span class="refused">{words.liveCount(refused.length)}</span>
      )}
      {builds.size === 0 ? null : (
        <ul>
          {[...builds].map(([build, records]) => (
            <li key={build}>
              <Said text={build} most={60} /> <b>{countText(records.length)}</b>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
