import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { text } from "../sources.ts";
import { tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const flags = {
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis threats";

interface Told {
  readonly name: string;
  readonly state: string;
  readonly mode: string;
  readonly roles: readonly string[];
  readonly blindTo: string;
  readonly marked: string;
}

/** What the running gate looks for. */
export async function run(
  { values }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const all = await askAdmin<readonly Told[]>(
    text(values["admin"]) ?? "http://127.0.0.1:9443",
    text(values["directory"]) ?? ".portcullis",
    "/detectors",
  );
  if (values["json"] === true) {
    terminal.out(JSON.stringify(all));
    return 0;
  }
  const blind = all.filter(({ state }) => state === "not configured");
  terminal.out(
    [
      tableLines([
        ["DETECTOR", "STATE", "MODE", "MARKED", "CANNOT SEE"],
        ...all.map((one) => [one.name, one.state, one.mode, one.marked, one.blindTo]),
      ]),
      ...blind.map(
        ({ name, roles }) =>
          `${name} sees nothing: no operation has the role ${roles.join(" or ")} (operations: [{ match: ..., role: ${roles[0] ?? ""} }])`,
      ),
    ].join("\n"),
  );
  return 0;
}
