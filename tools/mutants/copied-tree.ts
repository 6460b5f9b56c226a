import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { publishedPackages, root } from "../published-packages.ts";

/** A copy of this checkout, as it lies there, in which a line may be changed. */
export interface CopiedTree {
  readonly folder: string;
  remove(): void;
}

/**
 * Copies what git knows of or would add. The dependencies are links to this checkout's, but for the
 * repository's own packages: those must be the copy's, or a test would load what was not changed.
 */
export function copyTree(): CopiedTree {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-mutants-"));
  try {
    for (const file of filesOfCheckout()) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(root, file), join(folder, file));
    }
    linkModules(folder);
  } catch (fault) {
    rmSync(folder, { recursive: true, force: true });
    throw fault;
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function filesOfCheckout(): readonly string[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  // What was removed and not yet committed is listed too.
  return [...new Set(listed.split("\0"))].filter(
    (file) => file !== "" && existsSync(join(root, file)),
  );
}

/** By it tools/run.mjs knows that all is installed: the copy's must not change with this checkout's. */
const installedFrom = ".installed-from";

function linkModules(folder: string): void {
  const from = join(root, "node_modules");
  const to = join(folder, "node_modules");
  const packages = publishedPackages();
  const own = new Set(packages.map(({ name }) => name.split("/", 1)[0] as string));
  mkdirSync(to);
  for (const entry of readdirSync(from))
    if (entry === installedFrom) cpSync(join(from, entry), join(to, entry));
    else if (!own.has(entry)) symlinkSync(join(from, entry), join(to, entry));
  for (const { folder: place, name } of packages) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    symlinkSync(join(folder, place), join(to, name));
  }
}
