import { readFileSync } from "node:fs";
import { join } from "node:path";
import { programFormat } from "../../packages/server/src/policy/program-policy.ts";
import { consoleTypes } from "./console-types.ts";
import { dialectsPage } from "./dialects-page.ts";
import { journeyPage } from "./journey-page.ts";
import { policyKeys } from "./policy-keys.ts";
import { problemsPage } from "./problems-page.ts";

const root = join(import.meta.dirname, "..", "..");
const begin = "<!-- Written by npm run docs from the code: change it there. -->";

/** A file that is written from the code, whole or from a mark on. */
export interface WrittenPage {
  /** Its path in the repository. */
  readonly file: string;
  readonly text: string;
}

/** Every page that is written from the code, as it must stand. */
export const writtenPages = (): readonly WrittenPage[] => [
  { file: "docs/journey.md", text: journeyPage() },
  { file: "docs/problems.md", text: problemsPage() },
  { file: "docs/dialects.md", text: dialectsPage() },
  {
    file: "docs/policy.md",
    text: behindMark("docs/policy.md", policyKeys(programFormat.jsonSchema)),
  },
  ...consoleTypes(),
];

/** What stands before the mark is written by hand. */
function behindMark(file: string, text: string): string {
  const [byHand, rest] = readFileSync(join(root, file), "utf8").split(begin);
  if (byHand === undefined || rest === undefined) throw new Error(`${file} has no mark: ${begin}`);
  return `${byHand}${begin}\n\n${text}\n`;
}
