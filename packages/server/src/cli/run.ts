import { help, readArguments } from "./arguments.ts";
import { check } from "./check.ts";
import { Misuse, processTerminal } from "./terminal.ts";
import { runUp } from "./up.ts";

/** Exit codes: 0 done, 1 found something, 2 misused or misconfigured. */
export async function run(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal;
  try {
    const command = readArguments(argv);
    if (command === "help") {
      terminal.out(help());
      return 0;
    }
    if (command.verb.name === "check") {
      const { json, openapi } = command.values;
      return check(Array.isArray(openapi) ? openapi.map(String) : [], json === true, terminal);
    }
    return await runUp(command, process.env, terminal);
  } catch (fault) {
    terminal.error(fault instanceof Misuse ? `portcullis: ${fault.message}` : `portcullis: ${fault instanceof Error ? fault.message : String(fault)}`);
    return 2;
  }
}
