import type { shownPosture } from "../../admin/posture/posture.ts";
import { askAdmin } from "../ask-admin.ts";
import { directoryFlag, jsonFlag } from "../policy-flags.ts";
import { text } from "../sources.ts";
import { sayTo, tableLines, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";

export const flags = {
  metrics: { type: "boolean", help: "print the query for Prometheus of each control" },
  admin: { type: "string", help: "the gate's admin address (http://127.0.0.1:9443)" },
  directory: directoryFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis posture";

type Shown = ReturnType<typeof shownPosture>;

/** Where every control of the running gate stands, and what to do next. */
export async function run(
  { values }: Command,
  _environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const posture = await askAdmin<Shown>(
    text(values["admin"]) ?? "http://127.0.0.1:9443",
    text(values["directory"]) ?? ".portcullis",
    "/posture",
  );
  const lines = values["metrics"] === true ? metricLines(posture) : wordsOf(posture);
  sayTo(terminal, values)(posture, lines);
  return 0;
}

const metricLines = ({ items }: Shown): string =>
  tableLines([["CONTROL", "METRIC"], ...items.map(({ control, metric }) => [control, metric])]);

const wordsOf = ({ items, next, requests, since }: Shown): string =>
  [
    tableLines([
      ["CONTROL", "STANDS", "REFUSED", "OBSERVED", "LAST EXERCISED", "OWNER", "RINGS"],
      ...items.map((row) => [
        row.control,
        standsOf(row.operations),
        String(row.refused),
        String(row.wouldHaveRefused),
        row.lastExercised ?? "never",
        row.owner ?? "nobody",
        [...row.trigger.detectors, ...row.trigger.rules].join(" "),
      ]),
    ]),
    "",
    `By ${requests} requests since ${since}.`,
    ...(next.length === 0
      ? ["There is nothing to do next."]
      : [
          "",
          "Next:",
          ...next.map(({ about, how, what }, at) => `${at + 1}. ${about}: ${what}\n   ${how}`),
        ]),
  ].join("\n");

const standsOf = (operations: Shown["items"][number]["operations"]): string =>
  (["enforce", "staged", "observe", "off"] as const)
    .filter((mode) => operations[mode] > 0)
    .map((mode) => `${mode} ${operations[mode]}`)
    .join(", ") || "-";
