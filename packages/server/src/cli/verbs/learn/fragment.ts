import type { Operation } from "@portcullis/guard/documents";
import { proposeLimit } from "../../../policy/propose-limits.ts";
import { type Harvest, isAnswered, nameOf } from "./harvest.ts";
import type { Learned } from "./learned.ts";
import { cuttable, type Proposal, sealable } from "./proposals.ts";
import { provenanceLines, type Proven } from "./try-rules.ts";

const quoted = (name: string): string =>
  /^[A-Za-z0-9._-]+$/.test(name) ? name : JSON.stringify(name);

/** A part of a policy, with the reason and the evidence of every rule. */
export function fragmentOf(
  proven: readonly Proven[],
  learned: Learned,
  notes: readonly string[],
): string {
  const { document, people } = learned;
  const [one, two] = people;
  const inOrder = new Map(proven.map((rule) => [rule.operation, rule]));
  const lines = [
    `# Learned of ${document.title} by asking as two people: ${countOf(one)} and ${countOf(two)} answers.`,
    "# Every owner rule was tried on them: own objects passed, the other's were refused.",
    "# To be merged into 'operations' of the policy; observe it first (mode: observe).",
    ...notes.map((note) => `# Note: ${note}.`),
    ...provenanceLines(proven),
    ...sealable(learned).flatMap((proposal) => remarks(proposal, "# ")),
    "operations:",
  ];
  for (const operation of document.operations) {
    const rule = inOrder.get(operation);
    if (rule !== undefined) lines.push(...ruleLines(rule));
    const isStaff = isForStaff(operation, one, two);
    const cut = rule === undefined && !isStaff ? cuttable(operation, learned) : undefined;
    if (cut !== undefined) lines.push(...remarks(cut, "  # "));
    if (isStaff)
      lines.push(
        `  # ${operation.key} answered two ordinary people. Say who may, by a role of your tokens:`,
        `  # - match: ${quoted(nameOf(operation))}`,
        "  #   allow: { roles: [admin] }",
      );
    const limit = proposeLimit(operation, document);
    if (limit !== undefined)
      lines.push(
        `  # ${limit.reason}`,
        `  - match: ${quoted(nameOf(operation))}`,
        `    limits: [${limit.limit}]`,
      );
  }
  return `${lines.join("\n")}\n`;
}

const remarks = ({ lines, reason }: Proposal, mark: string): readonly string[] =>
  [`${reason}:`, ...lines].map((line) => `${mark}${line}`);

const staffPath = /\/(admin|administration|internal|backoffice|staff|management|debug)(\/|$)/i;

/** Whether an operation for staff, by its path, has answered both test people. */
const isForStaff = (operation: Operation, ...people: readonly Harvest[]): boolean =>
  staffPath.test(operation.pathTemplate) &&
  people.every(({ seen }) => seen.some((one) => one.operation === operation && isAnswered(one)));

const countOf = ({ seen }: Harvest): number => seen.filter(isAnswered).length;

const ruleLines = ({ operation, owner, passed, reason, refused }: Proven): readonly string[] => [
  `  # ${operation.key}: ${reason}`,
  `  # tried: ${passed} own passed, ${refused} of the other's refused`,
  `  - match: ${quoted(nameOf(operation))}`,
  `    owner: ${owner}`,
];

/** Operations that name an object, and for which nothing was found. */
export function unruledOf(
  operations: readonly Operation[],
  proven: readonly Proven[],
): readonly string[] {
  const ruled = new Set(proven.map(({ operation }) => operation));
  return operations
    .filter(
      (one) => one.pathTemplate.includes("{") && !ruled.has(one) && one.security?.length !== 0,
    )
    .map(nameOf);
}
