/** How a release is known: somebody has said so, or callers have come with it. */
export const releaseSources = ["said", "seen", "found"] as const;
export type ReleaseSource = (typeof releaseSources)[number];

/**
 * A version of an app that people have been given. `found`: it was in use already when this gate
 * first looked, or is older than what most people use, so that nobody knows when it was released.
 */
export interface Release {
  readonly app: string;
  readonly version: string;
  readonly source: ReleaseSource;
  readonly atMs: number;
  /** Who has said so. */
  readonly by: string | undefined;
  readonly note: string | undefined;
}

/** By what a release is told from others. */
export const releaseKey = (app: string, version: string): string => `${app}/${version}`;

export const isEvent = ({ source }: Pick<Release, "source">): boolean => source !== "found";
