import { problemCatalogue } from "@portcullis/guard/problems";
import type { DecisionRecord } from "@portcullis/guard/records";

type Decided = DecisionRecord["decisions"][number];

const became = {
  passed: "It passed.",
  refused: "The gate refused it.",
  failed: "It failed.",
} as const;

/** What became of a request and why, for a person who answers its sender. */
export function reasonLines(record: DecisionRecord): string {
  const { app, appVersion, decisions, method, operation, outcome, path, status, time } = record;
  const from = app === undefined ? "" : ` from ${app} ${appVersion ?? ""}`.trimEnd();
  const lines = [
    `${time}  ${method} ${path ?? "(an address that no document names)"}, operation ${operation}${from}`,
    `${became[outcome]} It was answered with ${status}${upstreamWords(record)}.`,
  ];
  if (record.acting !== undefined) lines.push(...actingLines(record.acting));
  for (const decided of decisions) lines.push("", ...decisionLines(decided, record));
  if (decisions.length === 0) lines.push("", noDecision(record));
  return lines.join("\n");
}

/** The reason is the words of whoever acted. */
const actingLines = ({
  actor,
  reason,
  session,
  subject,
}: NonNullable<DecisionRecord["acting"]>): readonly string[] => [
  `${actor} acted for ${subject}, and said why: ${JSON.stringify(reason)}`,
  `  the session, as it stands in the audit: impersonation:${session}`,
];

function upstreamWords({ status, upstreamStatus }: DecisionRecord): string {
  if (upstreamStatus === undefined) return ", without the backend's answer";
  return upstreamStatus === status
    ? ", as the backend answered"
    : `, where the backend answered ${upstreamStatus}`;
}

const noDecision = ({ upstreamStatus }: DecisionRecord): string =>
  upstreamStatus === undefined || upstreamStatus < 400
    ? "No control of the gate objected."
    : "No control of the gate objected: the backend itself said no.";

function decisionLines(
  { at, caller, code, detail, mode, objects, owners, rule }: Decided,
  record: DecisionRecord,
): readonly string[] {
  const problem = problemCatalogue.get(code);
  return [
    `${code}: ${problem?.sentence ?? "a decision that this version does not know"}`,
    ...(rule === undefined ? [] : [`  the rule: ${rule}`]),
    ...(detail === undefined ? [] : [`  what was found: ${detail}`]),
    ...namesLine("the object", objects),
    ...namesLine("whose it was found to be", owners),
    ...namesLine("who asked", caller === undefined ? undefined : [caller]),
    ...(at ?? []).map((place) => `  where: ${place}`),
    `  ${weightWords(code, mode, record)}`,
  ];
}

function weightWords(code: string, mode: Decided["mode"], record: DecisionRecord): string {
  if (mode !== "enforce") return "This was only observed: it refused nothing.";
  return code === record.code ? "This is why it was refused." : "This was enforced too.";
}

/** Hashes that are the same wherever the same object or person stands. */
const namesLine = (what: string, hashes: readonly string[] | undefined): readonly string[] =>
  hashes === undefined ? [] : [`  ${what}, by keyed hash: ${hashes.join(", ")}`];
