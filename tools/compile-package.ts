import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./published-packages.ts";

/**
 * Emits a package's plain JavaScript and declarations with the type checker itself, into its dist/:
 * what is reviewed is what ships.
 *
 * @param folder the package, two folders below one with the repository's tsconfig.json
 * @throws Error when it does not compile; the compiler has said why
 */
export function compilePackage(folder: string): void {
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  const config = join(folder, ".tsconfig.build.json");
  writeFileSync(
    config,
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: {
        noEmit: false,
        declaration: true,
        rootDir: "src",
        outDir: "dist",
        allowImportingTsExtensions: false,
        rewriteRelativeImportExtensions: true,
        customConditions: [],
      },
      include: ["src"],
      exclude: ["src/**/*.test.ts", "src/**/*-contract.ts"],
    }),
  );
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const { status } = spawnSync(tsc, ["-p", config], { cwd: folder, stdio: ["ignore", 2, 2] });
  rmSync(config);
  if (status !== 0) throw new Error(`${folder} does not compile`);
}
