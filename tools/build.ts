// Builds every published package where it lies, for the command of this checkout.
import { join } from "node:path";
import { buildConsole, hasConsole } from "./build-console.ts";
import { compilePackage } from "./compile-package.ts";
import { publishedPackages, root } from "./published-packages.ts";

for (const { folder, name } of publishedPackages()) {
  compilePackage(join(root, folder));
  if (name === "portcullis" && hasConsole()) buildConsole(join(root, folder));
  console.log(`built ${folder}/dist`);
}
