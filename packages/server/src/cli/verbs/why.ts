import type { DecisionRecord } from "@portcullis/guard/records";
import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { text } from "../sources.ts";
import { Misuse, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { recordsInFile } from "./why/find-records.ts";
import { reasonLines } from "./why/reason-lines.ts";

export const flags = {
  records: {
    type: "string",
    help: "a file of records, one a line, in place of the running gate's newest",
    completes: "file",
  },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis why 4bf92f3577b34da6a3ce929d0e0e4736";
export const takes = "TRACE-ID";

/** Says in words what became of a request. Exit code 1 where no record is found of it. */
export async function run(
  { values, words }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const traceId = (words[0] ?? "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(traceId))
    throw new Misuse(
      "say which request, by the traceId of its answer: 32 hexadecimal digits, such as 4bf92f3577b34da6a3ce929d0e0e4736",
    );
  const file = text(values["records"]);
  const records =
    file === undefined
      ? await askAdmin<readonly DecisionRecord[]>(
          text(values["admin"]) ?? "http://127.0.0.1:9443",
          text(values["directory"]) ?? ".portcullis",
          `/records?traceId=${traceId}`,
        )
      : await recordsInFile(file, traceId);
  if (values["json"] === true) terminal.out(JSON.stringify(records));
  else if (records.length === 0)
    terminal.error(
      `there is no record of ${traceId}${file === undefined ? ": the gate keeps its newest only. Give it a file of older ones with --records." : ` in ${file}`}`,
    );
  else terminal.out(records.map(reasonLines).join("\n\n"));
  return records.length === 0 ? 1 : 0;
}
