// Emits each published package's plain JavaScript and declarations with the type checker itself: what is reviewed is what ships.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const tsc = join(root, "node_modules", ".bin", "tsc");

for (const name of ["guard", "client", "server"]) {
  const folder = join(root, "packages", name);
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  const config = join(folder, ".tsconfig.build.json");
  writeFileSync(
    config,
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: { noEmit: false, declaration: true, rootDir: "src", outDir: "dist", allowImportingTsExtensions: false, rewriteRelativeImportExtensions: true, customConditions: [] },
      include: ["src"],
      exclude: ["src/**/*.test.ts", "src/**/*-contract.ts"],
    }),
  );
  const { status } = spawnSync(tsc, ["-p", config], { cwd: folder, stdio: "inherit" });
  rmSync(config);
  if (status !== 0) process.exit(status ?? 1);
  console.log(`built packages/${name}/dist`);
}
