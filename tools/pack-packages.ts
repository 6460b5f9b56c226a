import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildConsole, hasConsole } from "./build-console.ts";
import { compilePackage } from "./compile-package.ts";
import { type PublishedPackage, publishedPackages, root } from "./published-packages.ts";

export interface Packed {
  readonly name: string;
  readonly version: string;
  /** The tarball's path. */
  readonly tarball: string;
}

/**
 * Packs every published package as it goes to the registry: built from the sources, with the licence,
 * and without what only this repository uses. Nothing in the repository changes.
 *
 * @param out an existing folder that takes the tarballs
 */
export function packPackages(out: string): Packed[] {
  const staging = mkdtempSync(join(tmpdir(), "portcullis-pack-"));
  try {
    const packages = publishedPackages();
    cpSync(join(root, "tsconfig.json"), join(staging, "tsconfig.json"));
    linkDependencies(staging, packages);
    return packages.map((one) => packOne(staging, one, out));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** The repository's own dependencies, and in place of its own packages those that are built here. */
function linkDependencies(staging: string, packages: readonly PublishedPackage[]): void {
  const modules = join(staging, "node_modules");
  const own = new Set(packages.map(({ name }) => name.split("/", 1)[0] as string));
  mkdirSync(modules);
  for (const entry of readdirSync(join(root, "node_modules")))
    if (!own.has(entry)) symlinkSync(join(root, "node_modules", entry), join(modules, entry));
  for (const { folder, name } of packages) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(staging, folder), join(modules, name));
  }
}

function packOne(
  staging: string,
  { folder, manifest, name }: PublishedPackage,
  out: string,
): Packed {
  const staged = join(staging, folder);
  cpSync(join(root, folder), staged, {
    recursive: true,
    filter: (file) => !/[/\\](?:dist|node_modules)$/.test(file),
  });
  cpSync(join(root, "LICENSE"), join(staged, "LICENSE"));
  writeFileSync(
    join(staged, "package.json"),
    `${JSON.stringify({ ...manifest, exports: withoutSource(manifest.exports) }, null, 2)}\n`,
  );
  compilePackage(staged);
  if (name === "portcullis" && hasConsole()) buildConsole(staged);
  const said = execFileSync("npm", ["pack", "--json", "--pack-destination", out], {
    cwd: staged,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, npm_config_loglevel: "error" },
  });
  const [{ filename }] = JSON.parse(said) as [{ filename: string }];
  return { name, version: manifest.version, tarball: join(out, filename) };
}

/** The condition by which this repository runs its sources means nothing where there are none. */
function withoutSource(exports: unknown): unknown {
  if (typeof exports !== "object" || exports === null) return exports;
  return Object.fromEntries(
    Object.entries(exports)
      .filter(([key]) => key !== "@portcullis/source")
      .map(([key, value]) => [key, withoutSource(value)]),
  );
}
