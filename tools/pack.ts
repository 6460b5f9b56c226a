// Packs every published package into packed/, ready for `npm publish packed/<file>`, each with a bill of
// what it brings along.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { packPackages } from "./pack-packages.ts";
import { root } from "./published-packages.ts";
import { billOfMaterials } from "./supply-chain/bill-of-materials.ts";
import { readLock } from "./supply-chain/lock-file.ts";

const out = join(root, "packed");
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const packed = packPackages(out);
const lock = readLock();
for (const one of packed) {
  const bill = one.tarball.replace(/\.tgz$/, ".cdx.json");
  const materials = billOfMaterials(lock, one, packed, new Date());
  writeFileSync(bill, `${JSON.stringify(materials, null, 2)}\n`);
  console.log(
    `packed ${relative(root, one.tarball)}, with ${materials.components.length} components in ${relative(root, bill)}`,
  );
}
