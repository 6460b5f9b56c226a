import type { LoadedVerb } from "../verb-table.ts";
import type { Flag } from "../verb.ts";

/** What fish reads to complete the command. */
export function fishCompletion(verbs: readonly LoadedVerb[]): string {
  const names = verbs.map(({ name }) => name).join(" ");
  return [
    "# Completes portcullis in fish. To use it: portcullis completion fish | source",
    "complete -c portcullis -f",
    ...verbs.map(({ name, summary }) => line("__fish_use_subcommand", `-a ${name}`, summary)),
    line("__fish_use_subcommand", "-a help", "say what a verb takes"),
    line("__fish_seen_subcommand_from help", `-a ${quoted(names)}`, "verb"),
    ...verbs.flatMap(linesOf),
  ].join("\n");
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
const line = (when: string, what: string, help: string): string =>
  `complete -c portcullis -n ${quoted(when)} ${what} -d ${quoted(help)}`;

function linesOf({ aliases, name, verb }: LoadedVerb): string[] {
  const actions = Object.entries(verb.actions ?? {});
  const here = `__fish_seen_subcommand_from ${[name, ...aliases].join(" ")}`;
  const first = `${here}; and not __fish_seen_subcommand_from ${actions.map(([action]) => action).join(" ")}`;
  return [
    ...actions.map(([action, { help }]) => line(first, `-a ${action}`, help)),
    ...Object.entries(verb.flags).map(([flag, row]) =>
      line(here, `-l ${flag}${valueOf(row)}`, row.help),
    ),
  ];
}

function valueOf({ completes, type }: Flag): string {
  if (type === "boolean") return "";
  if (completes === "file") return " -r -F";
  if (completes === "folder") return " -x -a '(__fish_complete_directories)'";
  return completes === undefined ? " -x" : ` -x -a ${quoted(completes.join(" "))}`;
}
