import { helpOf, overview } from "./help.ts";
import { findVerb, readCommand } from "./read-command.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const helpWords = ["help", "--help", "-h"];
const versionWords = ["--version", "-V"];

/** Exit codes: 0 done, 1 found something, 2 misused or misconfigured. */
export async function run(
  argv: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  try {
    const [first, ...rest] = argv;
    if (first === undefined || helpWords.includes(first)) return await help(rest[0], terminal);
    const [name, listed] = findVerb(versionWords.includes(first) ? "version" : first);
    if (rest.some((word) => ["--help", "-h"].includes(word))) return await help(name, terminal);
    const verb = await listed.load();
    return await verb.run(readCommand(name, verb, rest), process.env, terminal);
  } catch (fault) {
    terminal.error(`portcullis: ${fault instanceof Error ? fault.message : String(fault)}`);
    return 2;
  }
}

async function help(about: string | undefined, terminal: Terminal): Promise<number> {
  if (about === undefined || helpWords.includes(about)) terminal.out(overview());
  else {
    const [name, listed] = findVerb(about);
    terminal.out(helpOf(name, listed, await listed.load()));
  }
  return 0;
}
