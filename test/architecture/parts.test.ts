import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parts } from "../parts/parts.ts";

const root = join(import.meta.dirname, "..", "..");
const own = "test/architecture/parts.test.ts";
/** Every file that tests are made of, save the table of parts and what stands behind it. */
const files = globSync(
  ["packages/**/*.test.ts", "packages/**/*-contract.ts", "examples/**/*.ts", "test/**/*.ts"],
  { cwd: root, exclude: ["**/node_modules/**", "test/parts/**", "test/runner/**", own] },
);

/** Ways to reach something outside the repository, and what each of them looks like. */
const waysOut: readonly { readonly pattern: RegExp; readonly example: string }[] = [
  // The standard ports of PostgreSQL and Redis.
  { pattern: /\b(?:5432|6379)\b/, example: "connect(6379)" },
  {
    pattern: /\b(?:postgres(?:ql)?|rediss?):\/\/(?:[^/"'`\s]*@)?(?:127\.0\.0\.1|localhost)(?!:1\b)/,
    example: '"postgres://postgres@127.0.0.1/test"',
  },
  // A program by its name, save those that every Unix has, and npm, which has installed all this.
  {
    pattern:
      /(?<!\.)\b(?:spawn|exec|execFile)(?:Sync)?\(\s*["'`](?!(?:sh|mkfifo|tar|npm|npx)["'`])/,
    example: 'execFileSync("openssl", [])',
  },
  { pattern: /["'`]\/(?:usr|etc|opt|bin|sbin)\//, example: '"/usr/sbin/apache2"' },
  {
    pattern: /import (?!type)[^;]*from "playwright-core"|import\("playwright-core"\)/,
    example: 'import { chromium } from "playwright-core"',
  },
  { pattern: /"\.\.", "shared"|\.\.\/shared\//, example: 'join(root, "..", "shared", "data")' },
  {
    pattern: new RegExp(
      Object.values(parts)
        .map(({ variable }) => `\\b${variable}\\b`)
        .join("|"),
    ),
    example: 'process.env["PORTCULLIS_TEST_REDIS"]',
  },
];

test("no test reaches for something outside the repository but through the table of parts", () => {
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    return waysOut.flatMap(({ pattern }) => {
      const match = pattern.exec(text);
      return match === null ? [] : [`${file}: ${match[0]}`];
    });
  });
  assert.deepEqual(found, []);
  assert.ok(files.length > 100, `${files.length} files were read`);
});

test("each way out is known when it is seen", () => {
  for (const { example, pattern } of waysOut) assert.match(example, pattern);
});
