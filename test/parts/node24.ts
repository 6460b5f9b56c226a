import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { isExecutable } from "./find-program.ts";
import type { Find } from "./part.ts";

/** Where people's version managers keep them. */
const managed = [
  ".nvm/versions/node/v24.*/bin/node",
  ".local/share/fnm/node-versions/v24.*/installation/bin/node",
  ".volta/tools/image/node/24.*/bin/node",
];

/** A Node of line 24, wherever this machine has one. */
export function findNode24(): Find<string> {
  const inPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  const named = process.env["PORTCULLIS_TEST_NODE24"];
  const candidates =
    named === undefined
      ? [...inPath, ...globSync(managed.map((one) => join(homedir(), one)))]
      : [named];
  const place = [...new Set(candidates)].find((file) => isExecutable(file) && isNode24(file));
  return place === undefined ? { missing: "is not installed" } : { place };
}

function isNode24(file: string): boolean {
  const { stdout } = spawnSync(file, ["--version"], { encoding: "utf8", timeout: 5000 });
  return stdout?.startsWith("v24.") === true;
}
