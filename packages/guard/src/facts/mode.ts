import { readRange } from "./app.ts";
import { inCohort } from "./cohort.ts";
import type { Facts } from "./facts.ts";
import type { Stages } from "./stage.ts";

/**
 * `off`: not decided. `observe`: decided, recorded, let pass. `enforce`: decided, recorded,
 * refused.
 */
export const modes = ["off", "observe", "enforce"] as const;
export type Mode = (typeof modes)[number];

/** For whom a control is enforced first; everybody else has `otherwise`. */
export interface StagedMode {
  readonly enforce: { readonly app: string | undefined; readonly percent: number | undefined };
  readonly otherwise: Mode;
}

/** A mode as the plan holds it: plain data. */
export type ModeRule = Mode | StagedMode;

/** What a switch says for those whom it is about; everybody else has what held before. */
export interface SwitchedMode {
  readonly for: { readonly app: string | undefined; readonly percent: number | undefined };
  readonly mode: Mode;
  readonly otherwise: HeldMode;
}

/** A mode of the plan, or what was laid over it while the program runs. */
export type HeldMode = ModeRule | SwitchedMode;

/** What a staged mode is decided by. */
export type ModeFacts = Readonly<Pick<Facts, "address" | "app" | "caller">>;

/** A mode, ready to be asked. */
export interface ModeDecision {
  /** The mode when it does not depend on the caller. */
  readonly constant: Mode | undefined;
  readonly decide: (known: ModeFacts) => Mode;
  /** Whether this caller is among the first who meet it where enforcing begins with a quarter. */
  readonly isFirst: (known: ModeFacts) => boolean;
}

/** The share of callers with which enforcing begins; records say who is in it. */
export const firstPercent = 25;

/** The modes that hold for one operation, by mode key. */
export type ModeRow = Readonly<Record<string, ModeDecision>>;

/**
 * @param salt names what is staged, so that one caller is not the first for everything
 * @param stages who has been seen in the stages; nobody without it
 */
export function compileMode(
  rule: HeldMode,
  salt: string,
  stages?: Pick<Stages, "stays">,
): ModeDecision {
  const isFirst = (known: ModeFacts): boolean => inCohort(known, firstPercent, salt);
  if (typeof rule === "string")
    return Object.freeze({ constant: rule, decide: () => rule, isFirst });
  if ("for" in rule) return compileSwitched(rule, salt, stages);
  const { enforce, otherwise } = rule;
  const percent = enforce.percent ?? 100;
  if (enforce.app === undefined && percent >= 100)
    return Object.freeze({ constant: "enforce", decide: () => "enforce", isFirst });
  const fits = enforce.app === undefined ? undefined : compileFits(enforce.app, stages);
  return Object.freeze<ModeDecision>({
    constant: undefined,
    decide: (known) =>
      (fits === undefined || fits(known)) && inCohort(known, percent, salt) ? "enforce" : otherwise,
    isFirst,
  });
}

/**
 * A switch asks each request for its own build: it is thrown and taken back in seconds, and whoever
 * it was about must not be held to it afterwards.
 */
function compileSwitched(
  { for: whom, mode, otherwise }: SwitchedMode,
  salt: string,
  stages: Pick<Stages, "stays"> | undefined,
): ModeDecision {
  const fits = whom.app === undefined ? undefined : fitsOnly(whom.app);
  const percent = whom.percent ?? 100;
  const before = compileMode(otherwise, salt, stages);
  const { isFirst } = before;
  if (fits === undefined && percent >= 100)
    return Object.freeze({ constant: mode, decide: () => mode, isFirst });
  return Object.freeze<ModeDecision>({
    constant: before.constant === mode ? mode : undefined,
    decide: (known) =>
      (fits === undefined || fits(known)) && inCohort(known, percent, salt)
        ? mode
        : before.decide(known),
    isFirst,
  });
}

const knownRanges = new Map<string, (known: ModeFacts) => boolean>();

/** Read once for all operations and controls: a switch may be about every one of them. */
function fitsOnly(range: string): (known: ModeFacts) => boolean {
  let fits = knownRanges.get(range);
  if (fits === undefined) {
    if (knownRanges.size >= mostKnownRanges) knownRanges.clear();
    fits = compileFits(range, undefined);
    knownRanges.set(range, fits);
  }
  return fits;
}
const mostKnownRanges = 100;

/**
 * Whether the caller's build fits the stage, or another of the same session or device once did. A
 * caller that was never seen there, and does not say its version, fits no range.
 */
function compileFits(
  range: string,
  stages: Pick<Stages, "stays"> | undefined,
): (known: ModeFacts) => boolean {
  const fits = readRange(range);
  return ({ app, caller }) =>
    (app !== undefined && fits?.(app.numbers) === true) ||
    (caller !== undefined && stages?.stays(range, caller) === true);
}

/** The app ranges by which any of these modes is staged, each once. */
export const stageRanges = (rules: Iterable<ModeRule>): readonly string[] => [
  ...new Set(
    [...rules].flatMap((rule) => (typeof rule === "string" ? [] : (rule.enforce.app ?? []))),
  ),
];
