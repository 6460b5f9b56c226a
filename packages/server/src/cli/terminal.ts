import type { Fault } from "@portcullis/guard/documents";
import { writeMessage } from "./standard-streams.ts";

/** A command's way to its person: words on the terminal, or one JSON value. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
}

export const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  error: writeMessage,
};

/** `file:line:column  error  message`, then what was expected and what to write instead. */
export function faultLines(faults: readonly Fault[]): string {
  return faults
    .map((fault) => {
      const lines = [
        `${fault.file}:${fault.line}:${fault.column}  ${fault.severity}  ${fault.message}`,
      ];
      if (fault.expected !== undefined) lines.push(`    expected: ${fault.expected}`);
      if (fault.mend !== undefined) lines.push(`    mend: ${fault.mend}`);
      return lines.join("\n");
    })
    .join("\n");
}

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
