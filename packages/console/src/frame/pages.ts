import type { pageWords } from "../words/frame.ts";

export interface PageEntry {
  readonly name: keyof typeof pageWords;
  readonly path: string;
  /** The letter behind `g`. */
  readonly key: string;
  /** Whether it stands in the bottom bar of a narrow screen. */
  readonly narrow: boolean;
}

/**
 * In the order of the rail. Each has its line in `screens.ts`; a page that is not here is nowhere:
 * it has no word in the rail, no key and no address.
 */
export const pages = [
  { name: "overview", path: "/", key: "o", narrow: true },
  { name: "incidents", path: "/incidents", key: "i", narrow: true },
  { name: "operations", path: "/operations", key: "p", narrow: true },
  { name: "live", path: "/live", key: "l", narrow: true },
  { name: "callers", path: "/callers", key: "c", narrow: false },
  { name: "apps", path: "/apps", key: "a", narrow: false },
  { name: "changes", path: "/changes", key: "h", narrow: false },
  { name: "posture", path: "/posture", key: "s", narrow: false },
] as const satisfies readonly PageEntry[];

export type PageName = (typeof pages)[number]["name"];

/** The page of an address; undefined for an address of none. */
export const pageAt = (parts: readonly string[]): (typeof pages)[number] | undefined =>
  pages.find(({ path }) => path === `/${parts[0] ?? ""}`);
