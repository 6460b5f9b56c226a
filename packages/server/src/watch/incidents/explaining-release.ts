import { isAtLeast, type Evidence } from "../detectors/evidence.ts";
import type { KeptSeen } from "../detectors/recent-seen.ts";
import { isEvent, type Release, releaseKey } from "../releases/release.ts";
import { explainingKeys } from "./telling.ts";
import type { ExplainingRelease, Moment } from "./incident.ts";

/** A release that was longer ago explains nothing. */
const newMs = 24 * 3_600_000;
/** So soon behind a release, what it has changed is not taken for an attack. */
const quietMs = 60 * 60_000;
const explains = 0.8;

/**
 * The release that most of what was seen came from. It silences no more than an alarm about
 * everybody together, behind whom no single key stands, that nothing has come of, within the hour, and that a person has said: whoever
 * attacks may name any version that callers can name.
 *
 * @param find the release of a version, where one is known
 */
export function explainingRelease(
  { atMs, family, key, severity }: Pick<Evidence, "atMs" | "family" | "key" | "severity">,
  seen: readonly KeptSeen[],
  find: (app: string, version: string) => Release | undefined,
): ExplainingRelease | undefined {
  const [most, count] = mostOften(seen);
  if (most === undefined || count < seen.length * explains) return undefined;
  const release = find(most.app, most.version);
  if (release === undefined || !isEvent(release)) return undefined;
  const ageMs = atMs - release.atMs;
  if (ageMs < 0 || ageMs > newMs) return undefined;
  const { app, source, version } = release;
  return {
    app,
    version,
    at: new Date(release.atMs).toISOString(),
    share: Math.round((count / seen.length) * 100) / 100,
    isQuiet:
      source === "said" &&
      ageMs < quietMs &&
      // That a release fails is what people want to hear of at once.
      family !== "health" &&
      key.kind === "everybody" &&
      explainingKeys(seen)[0]?.kind === "everybody" &&
      !isAtLeast(severity, "high"),
  };
}

/** How it stands in the timeline of an incident. */
export const releaseMoment = (release: ExplainingRelease | undefined): readonly Moment[] =>
  release === undefined
    ? []
    : [{ at: release.at, what: `${release.app} ${release.version} was released` }];

function mostOften(
  seen: readonly Pick<KeptSeen, "app" | "appVersion">[],
): readonly [{ readonly app: string; readonly version: string } | undefined, number] {
  const counts = new Map<string, number>();
  let [most, best]: [{ app: string; version: string } | undefined, number] = [undefined, 0];
  for (const { app, appVersion: version } of seen) {
    if (app === undefined || version === undefined) continue;
    const key = releaseKey(app, version);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > best) [most, best] = [{ app, version }, count];
  }
  return [most, best];
}
