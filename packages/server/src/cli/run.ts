import { policyShape } from "@portcullis/guard/policy/policy-schema";
import { help, readArguments } from "./arguments.ts";
import { check } from "./check.ts";
import { clients } from "./clients.ts";
import { explain } from "./explain.ts";
import { init } from "./init.ts";
import { keys } from "./keys.ts";
import { Misuse, processTerminal } from "./terminal.ts";
import { runUp } from "./up.ts";
import { users } from "./users.ts";

/** Exit codes: 0 done, 1 found something, 2 misused or misconfigured. */
export async function run(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal;
  try {
    const command = readArguments(argv);
    if (command === "help") {
      terminal.out(help());
      return 0;
    }
    switch (command.verb.name) {
      case "check":
        return await check(command, process.env, terminal);
      case "explain":
        return await explain(command, process.env, terminal);
      case "users":
        return await users(command, process.env, terminal);
      case "clients":
        return await clients(command, process.env, terminal);
      case "keys":
        return await keys(command, process.env, terminal);
      case "init":
        return init(command, terminal);
      case "schema":
        terminal.out(JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", title: "Portcullis policy", ...policyShape.jsonSchema }, null, 2));
        return 0;
      default:
        return await runUp(command, process.env, terminal);
    }
  } catch (fault) {
    terminal.error(fault instanceof Misuse ? `portcullis: ${fault.message}` : `portcullis: ${fault instanceof Error ? fault.message : String(fault)}`);
    return 2;
  }
}
