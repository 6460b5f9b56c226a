import { readFileSync } from "node:fs";
import { jsonFlag } from "../policy-flags.ts";
import type { Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const flags = { json: jsonFlag } satisfies Flags;

export const example = "portcullis --version";

/** The package's own version: its package.json lies at the same place beside sources and built files. */
export function run({ values }: Command, _environment: Environment, terminal: Terminal): number {
  const file = new URL("../../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  terminal.out(values["json"] === true ? JSON.stringify({ version }) : `portcullis ${version}`);
  return 0;
}
