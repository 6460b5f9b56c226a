// Writes the pages of docs/ that come from the code: npm run docs
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writtenPages } from "./docs/pages.ts";

for (const { file, text } of writtenPages()) {
  writeFileSync(join(import.meta.dirname, "..", file), text);
  console.log(`${file} is written.`);
}
