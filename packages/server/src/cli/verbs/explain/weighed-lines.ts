import type { WeighedToken } from "@portcullis/guard/tokens";
import { tableLines } from "../../terminal.ts";

/** What every source would say of the token, claim by claim; nothing where there is none. */
export function weighedLines(all: readonly WeighedToken[]): string {
  if (all.length === 0) return "";
  return [
    "",
    "The token, held to every source of callers, but for its signature:",
    tableLines([["SOURCE", "CLAIM", "FITS"], ...all.flatMap(rowsOf)]),
  ].join("\n");
}

function rowsOf({ claims, kind, notes, source }: WeighedToken): string[][] {
  const wrong = claims.filter((one) => one.wrong !== undefined);
  const whole =
    claims.length === 0 ? "" : wrong.length === 0 ? "would take it" : "would not take it";
  return [
    [`${source} (${kind})`, "", whole],
    ...claims.map((one) => ["", one.claim, one.wrong ?? "yes"]),
    ...notes.map((note) => ["", "", note]),
  ];
}
