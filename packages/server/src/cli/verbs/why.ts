import { compileHashName, type DecisionRecord, hashesOf } from "@portcullis/guard/records";
import { keyedRecordSecret } from "../../keys/record-secret.ts";
import type { RecordFilter } from "../../watch/record-filter.ts";
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
  object: { type: "string", help: "refusals about the object with this id, newest first" },
  owner: { type: "string", help: "refusals of what was found to belong to this person" },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis why 4bf92f3577b34da6a3ce929d0e0e4736";
export const takes = "TRACE-ID";

/**
 * Says in words what became of a request, or of requests for an object. Exit code 1 where no record
 * is found.
 */
export async function run(
  { values, words }: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const asked = readAsked(words[0], text(values["object"]), text(values["owner"]));
  const directory = text(values["directory"]) ?? ".portcullis";
  const file = text(values["records"]);
  const records =
    file === undefined
      ? (
          await askAdmin<{ readonly items: readonly DecisionRecord[] }>(
            text(values["admin"]) ?? "http://127.0.0.1:9443",
            directory,
            `/records?${new URLSearchParams(asked).toString()}`,
          )
        ).items
      : await recordsInFile(file, hashed(asked, directory, environment));
  if (values["json"] === true) terminal.out(JSON.stringify(records));
  else if (records.length === 0)
    terminal.error(
      `there is no record of ${Object.values(asked).join(" and ")}${file === undefined ? ": the gate has its newest, and those of record.keep. Give it a file of older ones with --records." : ` in ${file}`}`,
    );
  else terminal.out(records.map(reasonLines).join("\n\n"));
  return records.length === 0 ? 1 : 0;
}

/** What is looked for, in the words of the admin API. */
type Asked = Readonly<Partial<Record<"traceId" | "object" | "owner", string>>>;

function readAsked(
  word: string | undefined,
  object: string | undefined,
  owner: string | undefined,
): Asked {
  const traceId = word?.toLowerCase();
  const isTrace = traceId !== undefined && /^[0-9a-f]{32}$/.test(traceId);
  if (!isTrace && (traceId !== undefined || (object ?? owner) === undefined))
    throw new Misuse(
      "say which request, by the traceId of its answer: 32 hexadecimal digits, such as 4bf92f3577b34da6a3ce929d0e0e4736; or about what, with --object ID or --owner ID",
    );
  return {
    ...(traceId === undefined ? {} : { traceId }),
    ...(object === undefined ? {} : { object }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** A file is searched by the hashes that stand in it. */
function hashed(asked: Asked, directory: string, environment: Environment): RecordFilter {
  const { object, owner, traceId } = asked;
  const trace = traceId === undefined ? {} : { traceId };
  if (object === undefined && owner === undefined) return trace;
  const secret = keyedRecordSecret(directory, environment);
  if (secret === undefined)
    throw new Misuse(
      `the records of a file name objects by a keyed hash, and there is no key in ${directory} or in PORTCULLIS_KEY`,
    );
  const hash = compileHashName(secret);
  const ever = { fromMs: 0, toMs: Date.now() };
  return {
    ...trace,
    ...(object === undefined ? {} : { object: { is: hashesOf(hash, "object", object, ever) } }),
    ...(owner === undefined ? {} : { owner: { is: hashesOf(hash, "person", owner, ever) } }),
  };
}
