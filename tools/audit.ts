// Holds package-lock.json against a file of advisories, without a network:
// npm run audit -- --advisories advisories.json
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readAdvisories } from "./supply-chain/advisories.ts";
import {
  type Finding,
  type Judged,
  judgeAdvisories,
  readAllowed,
} from "./supply-chain/judge-advisories.ts";
import { readLock } from "./supply-chain/lock-file.ts";

const allowedFile = "tools/supply-chain/allowed-advisories.json";
const howToGetOne = `A file of advisories is made where there is a network, in this folder, by one of
  npm audit --package-lock-only --json > advisories.json
  osv-scanner scan --lockfile package-lock.json --format json > advisories.json
and then
  npm run audit -- --advisories advisories.json`;

const asked = readOptions();
if (asked.advisories === undefined) refuse(`which file?\n${howToGetOne}`);
const advisories = readOr(asked.advisories, readAdvisories);
const allowed = readOr(asked.allowed ?? join(import.meta.dirname, "..", allowedFile), readAllowed);
const judged = judgeAdvisories(
  readLock(asked.lock === undefined ? undefined : resolve(asked.lock)),
  advisories,
  allowed,
  new Date().toISOString().slice(0, 10),
);
if (asked.json === true) console.log(JSON.stringify(judged, null, 2));
else for (const line of lines(judged)) console.log(line);
process.exitCode = judged.findings.length + judged.overdue.length > 0 ? 1 : 0;

function readOptions() {
  try {
    return parseArgs({
      options: {
        advisories: { type: "string" },
        allowed: { type: "string" },
        lock: { type: "string" },
        json: { type: "boolean" },
      },
    }).values;
  } catch (fault) {
    return refuse(`${(fault as Error).message}\n${howToGetOne}`);
  }
}

function readOr<T>(file: string, read: (text: string) => T): T {
  try {
    return read(readFileSync(resolve(file), "utf8"));
  } catch (fault) {
    return refuse(`${file} cannot be used: ${(fault as Error).message}\n${howToGetOne}`);
  }
}

function lines({ allowed: passed, findings, idle, overdue }: Judged): string[] {
  return [
    ...findings.map((one) => `found: ${said(one)}`),
    ...overdue.map(
      ({ id, package: name, until }) =>
        `overdue: ${id} of ${name} was allowed until ${until}. Look at it again, and change ${allowedFile}.`,
    ),
    ...passed.map(({ by, finding }) => `allowed until ${by.until}: ${said(finding)}: ${by.reason}`),
    ...idle.map(({ id, package: name }) => `not needed: ${id} of ${name} was not found.`),
    `${advisories.length} advisories were read: ${findings.length} found, ${passed.length} allowed, ${overdue.length} overdue.`,
  ];
}

function said({ advisory, folder, package: name, shipped, version }: Finding): string {
  const whose = shipped ? "shipped" : "tests and tools only";
  return `${advisory.id} ${name} ${version} (${whose}, ${folder}): ${advisory.summary}`;
}

function refuse(message: string): never {
  console.error(`npm run audit: ${message}`);
  process.exit(2);
}
