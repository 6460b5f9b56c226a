// Writes the common passwords that identity ships: npm run is not needed for it, the file is kept
// in the repository. Each argument is a list, one password a line, the most common first; the first
// fills the file, of the others everything is added.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entryOf, leastCommon } from "../packages/identity/src/people/common-passwords.ts";
import { root } from "./published-packages.ts";

const most = 100_000;

function passwordsOf(file: string): readonly string[] {
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  const folded = lines.map((line) => line.normalize("NFC").toLowerCase());
  return [...new Set(folded.filter((line) => Array.from(line).length >= leastCommon))];
}

const [first, ...others] = process.argv.slice(2);
if (first === undefined) throw new Error("name a list of passwords, the most common first");
const words = new Set([...passwordsOf(first).slice(0, most), ...others.flatMap(passwordsOf)]);
const entries = [...words].map(entryOf).sort((one, other) => one.compare(other));
writeFileSync(
  join(root, "packages", "identity", "data", "common-passwords.bin"),
  Buffer.concat(entries),
);
console.log(`${words.size} passwords`);
