import {
  type Coverage,
  type CoverageRow,
  coverageOf,
  type ModeRule,
  modeKeys,
  type Plan,
} from "@portcullis/guard/policy";
import type { Chosen } from "./chosen.ts";
import { fitColumns } from "./fit-columns.ts";
import { tableLines } from "../../terminal.ts";

/** Which control stands where, as a table for a terminal. */
export function coverageTable(
  plan: Plan,
  chosen: Chosen,
  width: number,
): { readonly lines: string; readonly operations: number } {
  const { columns, rows } = chosenCoverage(plan, chosen);
  const table = [
    ["OPERATION", "METHOD", "PATH", ...columns.map(({ title }) => title), "MODE"],
    ...rows.map((row) => {
      const { cells, operation } = row;
      return [
        operation.operationId ?? "-",
        operation.method,
        operation.pathTemplate,
        ...columns.map(({ key }) => cells[key] ?? "-"),
        modeWords(row),
      ];
    }),
  ];
  return { lines: tableLines(fitColumns(table, width)), operations: rows.length };
}

function chosenCoverage(plan: Plan, chosen: Chosen): Coverage {
  const { columns, rows } = coverageOf(plan);
  return {
    columns: columns.filter(({ key }) => chosen.columns?.has(key) ?? true),
    rows: rows.filter(({ plan: { name } }) => chosen.operation(name)),
  };
}

/** The same for `--json`: a value for each operation, with its modes by their keys. */
export const coverageAsJson = (plan: Plan, chosen: Chosen): readonly object[] =>
  chosenCoverage(plan, chosen).rows.map((row) => ({
    operation: row.operation.operationId ?? "-",
    method: row.operation.method,
    path: row.operation.pathTemplate,
    ...row.cells,
    mode: modeWords(row),
    modes: row.plan.modes,
  }));

const settable = modeKeys.filter(({ kind }) => kind !== "always").map(({ key }) => key);

/** Those that are off unless they are named: that nobody has named one says nothing. */
const own: ReadonlySet<string> = new Set(
  modeKeys.filter(({ kind }) => kind === "own").map(({ key }) => key),
);

/** Whether the policy refuses anything, anywhere, for anybody. */
export const enforcesAnything = (plan: Plan): boolean =>
  coverageOf(plan).rows.some(({ plan: { modes } }) =>
    settable.some((key) => modes[key] !== "off" && modes[key] !== "observe"),
  );

/** The mode that most keys have, and those that differ. */
function modeWords({ plan: { modes } }: CoverageRow): string {
  const words = settable
    .filter((key) => !(own.has(key) && modes[key] === "off"))
    .map((key) => [key, oneMode(modes[key] as ModeRule)] as const);
  const counted = new Map<string, number>();
  for (const [, word] of words) counted.set(word, (counted.get(word) ?? 0) + 1);
  const [most = ""] = [...counted].sort((a, b) => b[1] - a[1]).map(([word]) => word);
  const others = words.filter(([, word]) => word !== most).map(([key, word]) => `${key} ${word}`);
  return others.length === 0 ? most : `${most} (${others.join(", ")})`;
}

function oneMode(rule: ModeRule): string {
  if (typeof rule === "string") return rule;
  const { app, percent } = rule.enforce;
  const first = [app, percent === undefined ? undefined : `${percent}%`];
  return `enforce ${first.filter((one) => one !== undefined).join(" ")} else ${rule.otherwise}`;
}
