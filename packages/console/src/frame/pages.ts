import { pageWords } from "../words/frame.ts";

export type PageName = keyof typeof pageWords;

export interface PageEntry {
  readonly name: PageName;
  readonly path: string;
  /** The letter behind `g`. */
  readonly key: string;
  /** Whether it stands in the bottom bar of a narrow screen. */
  readonly narrow: boolean;
}

/** The nine pages, in the order of the rail. */
export const pages: readonly PageEntry[] = [
  { name: "overview", path: "/", key: "o", narrow: true },
  { name: "incidents", path: "/incidents", key: "i", narrow: true },
  { name: "operations", path: "/operations", key: "p", narrow: true },
  { name: "live", path: "/live", key: "l", narrow: true },
  { name: "callers", path: "/callers", key: "c", narrow: false },
  { name: "apps", path: "/apps", key: "a", narrow: false },
  { name: "changes", path: "/changes", key: "h", narrow: false },
  { name: "keys", path: "/keys", key: "k", narrow: false },
  { name: "posture", path: "/posture", key: "s", narrow: false },
];

/** The page of an address; undefined for an address of none. */
export const pageAt = (parts: readonly string[]): PageEntry | undefined =>
  pages.find(({ path }) => path === `/${parts[0] ?? ""}`);
