import type { DetectorState } from "../../watch/attack-watch.ts";
import type { PostureRow } from "./posture-table.ts";

/** One thing to do, why, and how. */
export interface NextStep {
  readonly about: string;
  readonly what: string;
  readonly how: string;
}

export interface Standing {
  readonly rows: readonly PostureRow[];
  /** How many requests what is known rests on, and over how many days. */
  readonly requests: number;
  readonly days: number;
  readonly detectors: readonly Pick<DetectorState, "name" | "roles" | "state">[];
  readonly hasAlerts: boolean;
  readonly keepsRecords: boolean;
}

/** Fewer requests than these say nothing of what enforcing would do. */
const enough = 1000;
const longAgoDays = 30;

/** What to do next, the most pressing first. Each says what it rests on. */
export function nextSteps(standing: Standing): readonly NextStep[] {
  const { hasAlerts, keepsRecords, rows } = standing;
  return [
    ...(hasAlerts
      ? []
      : [
          {
            about: "alerts",
            what: "nobody is told of incidents",
            how: "alerts: [{ to: https://hooks.example.com/portcullis, minSeverity: high }]",
          },
        ]),
    ...rows.flatMap((row) => stepsOf(row, standing)),
    ...blindDetectors(standing),
    ...(keepsRecords
      ? []
      : [
          {
            about: "records",
            what: "what is known of controls begins anew at each start",
            how: "record: { keep: { raw: 7d, hours: 400d } }",
          },
        ]),
    ...withoutOwner(rows),
  ];
}

function stepsOf(row: PostureRow, { days, requests }: Standing): readonly NextStep[] {
  const { control, kind, operations, refused, wouldHaveRefused } = row;
  const { enforce, observe, off, staged } = operations;
  if (kind === "always" || enforce + observe + off + staged === 0) return [];
  const steps: NextStep[] = [];
  const add = (what: string, how: string): void => void steps.push({ about: control, what, how });
  if (observe > 0 && wouldHaveRefused > 0)
    add(
      `it is observed at ${count(observe)}, and would have refused ${wouldHaveRefused} times: find out whom`,
      "portcullis records --mode observe",
    );
  else if (observe > 0 && requests >= enough)
    add(
      `it is observed at ${count(observe)}, and of ${requests} requests would have refused none: enforce it`,
      `mode: { ${control}: enforce }`,
    );
  if (staged > 0)
    add(
      `it is enforced for a part of the callers at ${count(staged)}`,
      `raise the stage, or mode: { ${control}: enforce }`,
    );
  if (off > 0 && kind !== "own" && enforce + observe + staged === 0)
    add("it is off everywhere: nobody knows what it would refuse", `mode: { ${control}: observe }`);
  if (enforce > 0 && refused === 0 && wouldHaveRefused === 0 && days >= longAgoDays)
    add(
      `it is enforced at ${count(enforce)} and has refused nothing in ${Math.floor(days)} days: try it`,
      "portcullis test, with a test that expects one of its refusals",
    );
  return steps;
}

const blindDetectors = ({ detectors }: Standing): readonly NextStep[] =>
  detectors
    .filter(({ state }) => state === "not configured")
    .map(({ name, roles }) => ({
      about: `detect.${name}`,
      what: "it sees nothing, since no operation has a role that it looks at",
      how: `operations: [{ match: ..., role: ${roles[0] ?? ""} }]`,
    }));

function withoutOwner(rows: readonly PostureRow[]): readonly NextStep[] {
  const without = rows.filter(({ owner }) => owner === undefined).length;
  return without === 0
    ? []
    : [
        {
          about: "posture",
          what: `${without} controls have no owner`,
          how: 'posture: { owner: "platform team" }',
        },
      ];
}

const count = (operations: number): string =>
  operations === 1 ? "1 operation" : `${operations} operations`;
