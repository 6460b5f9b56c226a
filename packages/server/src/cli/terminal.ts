import type { Fault } from "@portcullis/guard/documents";
import { writeMessage } from "./standard-streams.ts";

/** A command's way to its person: words on the terminal, or one JSON value. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Characters in a line; undefined where nobody looks, and nothing needs to be cut. */
  readonly columns?: number | undefined;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  error: writeMessage,
  get columns() {
    return process.stdout.isTTY ? process.stdout.columns : undefined;
  },
};

/** Tells one thing: as JSON where `--json` asks for it, else in words. */
export type Say = (value: unknown, lines: string) => void;

export const sayTo =
  (terminal: Terminal, values: Readonly<Record<string, unknown>>): Say =>
  (value, lines) =>
    terminal.out(values["json"] === true ? JSON.stringify(value) : lines);

/**
 * `file:line:column  error  message`, then what was expected and what to write instead. Faults that
 * say the same of other names and places are counted behind the first.
 */
export function faultLines(faults: readonly Fault[]): string {
  const alike = new Map<string, Fault[]>();
  for (const fault of faults) {
    const key = `${fault.severity} ${fault.file} ${withoutNames(fault.message)}`;
    alike.set(key, [...(alike.get(key) ?? []), fault]);
  }
  return [...alike.values()]
    .map(([first, ...others]) => (first === undefined ? "" : oneFault(first, others)))
    .join("\n");
}

/** So many are named with their places before the others are counted. */
const namedEach = 3;

function oneFault(first: Fault, others: readonly Fault[]): string {
  const named = others.length < namedEach ? others : [];
  const lines = [first, ...named].map(
    ({ column, file, line, message, severity }) =>
      `${file}:${line}:${column}  ${severity}  ${message}`,
  );
  if (named.length < others.length) {
    const places = others.slice(0, namedEach).map(({ line }) => line);
    lines.push(`    and ${others.length} like it, at the lines ${places.join(", ")}, ...`);
  }
  if (first.expected !== undefined) lines.push(`    expected: ${first.expected}`);
  if (first.mend !== undefined) lines.push(`    mend: ${first.mend}`);
  return lines.join("\n");
}

/** The names that a message quotes are those of one place; what it says is said of many. */
const withoutNames = (message: string): string =>
  message.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"|\{[^}]*\}|\d+/g, "_");

/** A person's mistake at the command line or in a file: printed as it is, with exit code 2. */
export class Misuse extends Error {}

/** Columns aligned by their widest cell. */
export function tableLines(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
