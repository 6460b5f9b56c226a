import { execFileSync } from "node:child_process";
import { existsSync, globSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "packages", "console");
export const builtConsole: string = join(folder, "dist");

/**
 * Builds the console where a checkout's gate finds it, unless it stands there as it would be built
 * now. It takes its place whole, because another test may read it.
 */
export function buildConsoleOnce(): void {
  const sources = globSync(["src/**/*", "public/*", "*.{html,ts,json}"], { cwd: folder });
  const newestMs = Math.max(...sources.map((file) => statSync(join(folder, file)).mtimeMs));
  const manifest = join(builtConsole, "manifest.json");
  if (existsSync(manifest) && statSync(manifest).mtimeMs > newestMs) return;
  const [fresh, old] = [`${builtConsole}.new-${process.pid}`, `${builtConsole}.old-${process.pid}`];
  execFileSync(
    process.execPath,
    [
      join(root, "node_modules", "vite", "bin", "vite.js"),
      "build",
      "--outDir",
      fresh,
      "--emptyOutDir",
      "--logLevel",
      "error",
    ],
    { cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
  );
  if (existsSync(builtConsole)) renameSync(builtConsole, old);
  renameSync(fresh, builtConsole);
  rmSync(old, { recursive: true, force: true });
}
