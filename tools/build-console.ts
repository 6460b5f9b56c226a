import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { root } from "./published-packages.ts";

const consolePackage = join(root, "packages/console");

/**
 * Builds the console into the published server's files, each compressed ahead: the program that
 * serves them compresses nothing.
 *
 * @param server the package `portcullis`, already compiled
 * @throws Error when it does not build; the bundler has said why
 */
export function buildConsole(server: string): void {
  const out = join(server, "dist/console");
  const { status } = spawnSync(
    "npm",
    ["run", "--silent", "build", "--", "--outDir", out, "--emptyOutDir"],
    { cwd: consolePackage, stdio: ["ignore", 2, 2] },
  );
  if (status !== 0) throw new Error("packages/console does not build");
  for (const file of globSync("**/*.{css,html,js,json,svg,txt}", { cwd: out }))
    writeFileSync(join(out, `${file}.br`), compressed(readFileSync(join(out, file))));
}

/** Whether this checkout has the console's sources. */
export const hasConsole = (): boolean => existsSync(join(consolePackage, "package.json"));

const compressed = (content: Buffer): Buffer =>
  brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
