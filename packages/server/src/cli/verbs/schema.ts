import { programFormat } from "../../policy/program-policy.ts";
import type { Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const flags: Flags = {};

export const example = "portcullis schema > portcullis.schema.json";

export function run(_command: Command, _environment: Environment, terminal: Terminal): number {
  terminal.out(
    JSON.stringify(
      {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        title: "Portcullis policy",
        ...programFormat.jsonSchema,
      },
      null,
      2,
    ),
  );
  return 0;
}
