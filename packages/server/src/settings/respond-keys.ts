import { modeKeys, type NoteFault } from "@portcullis/guard/policy";
import {
  choice,
  duration,
  list,
  object,
  optional,
  required,
  scalar,
  text,
} from "@portcullis/guard/policy-shapes";

const acts = ["notify", "pressure", "stepUp", "quarantine", "revoke", "enforce"] as const;
const severities = ["info", "low", "medium", "high", "critical"] as const;
const mostPercent = 5;

const share = scalar(
  `a share of people such as 0.5%, at most ${mostPercent}%`,
  (value) => {
    const percent = typeof value === "string" ? /^(\d(?:\.\d{1,3})?)%$/.exec(value) : null;
    const part = Number(percent?.[1] ?? Number.NaN);
    return part <= mostPercent ? part / 100 : undefined;
  },
  { type: "string", pattern: "^\\d(\\.\\d{1,3})?%$" },
);

const response = object({
  do: required(
    choice(...acts),
    "notify: told of at once; pressure: requests cost the most; stepUp: sign in again; " +
      "quarantine: refused where it was attacked, last elsewhere; revoke: what was given is " +
      "revoked; enforce: a control is enforced where it was attacked.",
  ),
  mode: optional(
    choice("observe", "enforce"),
    "observe: only noted, though the detector's own mode is enforce (enforce).",
  ),
  for: optional(duration, "How long, from the last that was seen of it (1h)."),
  control: optional(
    text("a mode key, such as ownership"),
    "With enforce: which control (docs/journey.md).",
  ),
  minSeverity: optional(choice(...severities), "The least severity at which it is done (low)."),
  mostPeople: optional(share, "The largest share of people of the day before it may touch (0.5%)."),
});

const responses = optional(list(response, 1), "What is done when this detector opens an incident.");

/** By the names of detectors. */
export const respondKeys = object({
  credentialStuffing: responses,
  passwordSpraying: responses,
  accountGuessing: responses,
  codeGuessing: responses,
  resetAbuse: responses,
  proofReuse: responses,
  enumeration: responses,
  scraping: responses,
  cardTesting: responses,
  hoarding: responses,
  errorSpike: responses,
  shadowOperation: responses,
  trafficSpike: responses,
  zombieVersion: responses,
});

interface Response {
  readonly do: (typeof acts)[number];
  readonly control?: string;
  readonly for?: number;
  readonly mode?: string;
  readonly mostPeople?: number;
}

const settable = modeKeys.filter(({ kind }) => kind !== "always").map(({ key }) => key);
const leastMs = 60_000;
const mostMs = 7 * 24 * 3_600_000;

/** What one response needs, and another cannot have. */
export function noteRespond(
  respond: Readonly<Record<string, readonly Response[] | undefined>>,
  note: NoteFault,
): void {
  for (const [detector, responsesOf = []] of Object.entries(respond))
    for (const [index, one] of responsesOf.entries()) noteOne(one, detector, index, note);
}

function noteOne(one: Response, detector: string, index: number, note: NoteFault): void {
  const at = (key: string): readonly string[] => ["respond", detector, String(index), key];
  const { control, for: forMs, mode, mostPeople } = one;
  if (one.do === "enforce" && control === undefined)
    note(at("do"), "nobody says which control is enforced", {
      expected: "control: ownership, or another mode key of docs/journey.md",
    });
  else if (control !== undefined && !settable.includes(control))
    note(at("control"), `there is no control '${control}' that can be set`, {
      expected: settable.join(", "),
    });
  if (one.do !== "enforce" && control !== undefined)
    note(at("control"), "only enforce sets a control", { expected: "do: enforce" });
  if (forMs !== undefined && (forMs < leastMs || forMs > mostMs))
    note(at("for"), "a response lasts for a minute at least and seven days at most", {
      expected: "such as for: 1h",
    });
  if (one.do === "notify" && (forMs ?? mode ?? mostPeople) !== undefined)
    note(at("do"), "what is told of does not last, touches nobody and changes nothing", {
      expected: "do: notify, and nothing beside it but minSeverity",
    });
}
