import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../published-packages.ts";

/** What package-lock.json says of one folder: a package, a workspace, or a link to one. */
export interface LockEntry {
  /** Another name than its folder's, where it was installed under an alias. */
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  /** Only tests and tools need it. */
  readonly dev?: boolean;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Entries by their folder, from the root; the root itself is the empty text. */
export type Lock = ReadonlyMap<string, LockEntry>;

export function readLock(file: string = join(root, "package-lock.json")): Lock {
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  return new Map(Object.entries(packages));
}

const modules = "node_modules/";

/** A package of somebody else's that is installed, in one version at one place. */
export interface InstalledPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly entry: LockEntry;
}

/** The packages of others; not the workspaces, nor the links to them. */
export const installedPackages = (lock: Lock): InstalledPackage[] =>
  [...lock].flatMap(([folder, entry]) => {
    const at = folder.lastIndexOf(modules);
    return at === -1 || entry.link === true || entry.version === undefined
      ? []
      : [
          {
            folder,
            name: entry.name ?? folder.slice(at + modules.length),
            version: entry.version,
            entry,
          },
        ];
  });

/** Where Node finds a dependency of what lies in a folder; undefined where it is not installed. */
export function resolveDependency(lock: Lock, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    // Folders on the way that are no package hold nothing, and are passed by.
    const folder = at === "" ? `${modules}${name}` : `${at}/${modules}${name}`;
    const entry = lock.get(folder);
    if (entry !== undefined) return entry.link === true ? entry.resolved : folder;
    if (at === "") return undefined;
  }
}
