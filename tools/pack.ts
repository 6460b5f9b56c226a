// Packs every published package into packed/, ready for `npm publish packed/<file>`.
import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { packPackages } from "./pack-packages.ts";
import { root } from "./published-packages.ts";

const out = join(root, "packed");
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
for (const { tarball } of packPackages(out)) console.log(`packed ${relative(root, tarball)}`);
