import { type Mode, type ModeRule, modes } from "../facts/mode.ts";
import { object, optional, required } from "./object-shape.ts";
import { versionRange } from "./scalars.ts";
import { choice, either, type Read, scalar, scalarOr, type Shape } from "./shape.ts";

/** One key of the policy's `mode`: the name by which people set the mode of controls. */
export interface ModeKey {
  readonly key: string;
  /** What it is about, in one sentence. */
  readonly sentence: string;
  /** What its refusals have in common beyond a problem document, for their page. */
  readonly answers?: string;
  /**
   * `settable`: follows the policy. `always`: enforced whatever the policy says, because passing
   * such a request on would be unsafe or impossible. `named`: enforced only where the policy names
   * this very key, and observed under a mode for all. `own`: off wherever the policy does not name
   * this very key.
   */
  readonly kind: "settable" | "always" | "named" | "own";
  /**
   * Why what it would refuse cannot be told exactly from what was observed; absent where each
   * request is judged by itself.
   */
  readonly estimated?: string;
}

const mode = choice(...modes);

const percentage = scalar(
  "a percentage from 0 to 100",
  (value) => (typeof value === "number" && value >= 0 && value <= 100 ? value : undefined),
  { type: "number", minimum: 0, maximum: 100 },
);

const staged = object({
  enforce: required(
    object({
      app: optional(versionRange, "The app versions for which it is enforced first."),
      percent: optional(percentage, "The share of callers for whom it is enforced first."),
    }),
    "For whom it is enforced first.",
  ),
  otherwise: required(mode, "The mode for everybody else."),
});

const oneMode = scalarOr(mode, staged);
export type OneMode = Read<typeof oneMode>;

/** One mode for all, or by mode key; `default` is for the keys that are not named. */
export type ModeSetting = OneMode | Readonly<Record<string, OneMode | undefined>>;

/** The shape of `mode`. An object with `enforce` is staged. */
export function modeSetting(keys: readonly ModeKey[]): Shape<ModeSetting> {
  const byKey = object({
    default: optional(oneMode, "The mode of every key that is not named here."),
    ...Object.fromEntries(
      keys
        .filter(({ kind }) => kind !== "always")
        .map(({ key, sentence }) => [key, optional(oneMode, sentence)]),
    ),
  });
  return scalarOr(mode, either("enforce", staged, byKey));
}

/** Modes as far as entries name them: one for all, and those of single keys. */
export interface NamedModes {
  readonly all: ModeRule | undefined;
  readonly byKey: Readonly<Record<string, ModeRule | undefined>>;
}

export const noModes: NamedModes = { all: undefined, byKey: {} };

/**
 * Lays a closer setting over others: what it says of all keys replaces what others said of all, key
 * by key.
 */
export function layModes(under: NamedModes, setting: ModeSetting | undefined): NamedModes {
  if (setting === undefined) return under;
  if (isOne(setting)) return { all: ruleOf(setting), byKey: {} };
  const { default: all, ...rest } = setting;
  const byKey: Record<string, ModeRule | undefined> = all === undefined ? { ...under.byKey } : {};
  for (const [key, one] of Object.entries(rest)) if (one !== undefined) byKey[key] = ruleOf(one);
  return { all: all === undefined ? under.all : ruleOf(all), byKey };
}

/** The mode of every key. Observed unless the policy says otherwise. */
export function resolveModes(
  { all, byKey }: NamedModes,
  keys: readonly ModeKey[],
): Readonly<Record<string, ModeRule>> {
  const ruleFor = ({ key, kind }: ModeKey): ModeRule => {
    if (kind === "always") return "enforce";
    const named = byKey[key];
    if (named !== undefined) return named;
    if (kind === "own") return "off";
    if (kind === "named") return all === "off" ? "off" : "observe";
    return all ?? "observe";
  };
  return Object.fromEntries(keys.map((key) => [key.key, ruleFor(key)]));
}

const isOne = (setting: ModeSetting): setting is OneMode =>
  typeof setting === "string" || "enforce" in setting;

const ruleOf = (one: OneMode): ModeRule =>
  typeof one === "string"
    ? one
    : {
        enforce: { app: one.enforce.app, percent: one.enforce.percent } satisfies Exclude<
          ModeRule,
          Mode
        >["enforce"],
        otherwise: one.otherwise,
      };
