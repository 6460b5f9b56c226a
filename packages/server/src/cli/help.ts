import type { Verb } from "./verb.ts";
import { type ListedVerb, verbTable } from "./verb-table.ts";

/** Every verb with one line of what it does. */
export function overview(): string {
  return [
    "portcullis: the gate between a mobile app and its backend",
    ...section(Object.entries(verbTable).map(([name, { summary }]) => [name, summary])),
    "",
    "Type 'portcullis help <verb>' for what a verb takes.",
  ].join("\n");
}

/** What a verb takes, and what to type, for example. */
export function helpOf(name: string, { aliases, summary }: ListedVerb, verb: Verb): string {
  const { actions, example, flags, takes } = verb;
  const words = actions === undefined ? (takes ?? "") : "<action>";
  return [
    `portcullis ${name}: ${summary}`,
    "",
    `Usage: ${["portcullis", name, words, "[flags]"].filter((word) => word !== "").join(" ")}`,
    ...(aliases.length === 0 ? [] : [`Also written: ${aliases.join(", ")}`]),
    ...section(
      Object.entries(actions ?? {}).map(([action, { help, takes: word = "" }]) => [
        `${action} ${word}`.trimEnd(),
        help,
      ]),
    ),
    ...section(Object.entries(flags).map(([flag, { help }]) => [`--${flag}`, help])),
    "",
    `For example: ${example}`,
  ].join("\n");
}

/** Names and what they mean in two columns, after an empty line. */
function section(rows: readonly (readonly [name: string, text: string])[]): string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([name]) => name.length));
  return ["", ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)];
}
