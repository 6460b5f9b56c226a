// Builds every published package where it lies, for the command of this checkout.
import { join } from "node:path";
import { compilePackage } from "./compile-package.ts";
import { publishedPackages, root } from "./published-packages.ts";

for (const { folder } of publishedPackages()) {
  compilePackage(join(root, folder));
  console.log(`built ${folder}/dist`);
}
