import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const root: string = join(import.meta.dirname, "..");

/** The parts of a package.json that building and packing look at. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
}

export interface PublishedPackage {
  readonly name: string;
  /** Where it lies, from the root: packages/guard. */
  readonly folder: string;
  readonly manifest: PackageManifest;
}

/** The packages of packages/ that are published, each after those that it depends on. */
export function publishedPackages(): PublishedPackage[] {
  const waiting = globSync("packages/*/package.json", { cwd: root }).flatMap((file) => {
    const manifest = JSON.parse(readFileSync(join(root, file), "utf8")) as PackageManifest;
    return manifest.private === true
      ? []
      : [{ name: manifest.name, folder: dirname(file), manifest }];
  });
  const sorted: PublishedPackage[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ manifest }) =>
      Object.keys(manifest.dependencies ?? {}).every(
        (dependency) => !waiting.some(({ name }) => name === dependency),
      ),
    );
    if (next === -1) throw new Error("the packages depend on one another in a circle");
    sorted.push(...waiting.splice(next, 1));
  }
  return sorted;
}
