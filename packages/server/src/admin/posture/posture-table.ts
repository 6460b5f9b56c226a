import type { Standing } from "@portcullis/guard/policy";
import type { Decided } from "../../watch/last-decided.ts";
import { watchedBy } from "./watched-by.ts";

/** What the policy that serves says of who looks after controls. */
export interface Owners {
  readonly owner?: string;
  readonly owners?: Readonly<Record<string, string | undefined>>;
}

/** What was decided, and since when that is known. */
export interface Exercised {
  readonly sinceMs: number;
  readonly requests: number;
  readonly of: (code: string) => Decided;
}

export interface PostureRow {
  readonly control: string;
  readonly about: string;
  readonly kind: Standing["kind"];
  readonly operations: Standing["operations"];
  /** A query for Prometheus that shows what it refuses. */
  readonly metric: string;
  readonly trigger: { readonly rules: readonly string[]; readonly detectors: readonly string[] };
  readonly owner: string | undefined;
  /** When it has last refused something, or would have. */
  readonly lastExercisedMs: number | undefined;
  readonly refused: number;
  readonly wouldHaveRefused: number;
}

/** Every control: where it stands, how it is measured, what rings, whose it is, when it last acted. */
export const postureRows = (
  standing: readonly Standing[],
  { owner, owners = {} }: Owners,
  exercised: Exercised,
): readonly PostureRow[] =>
  standing.map(({ codes, key, kind, operations, sentence }) => {
    const decided = codes.map((code) => exercised.of(code));
    const lastMs = Math.max(0, ...decided.map((one) => one.lastMs));
    return {
      control: key,
      about: sentence,
      kind,
      operations,
      metric: `sum(rate(portcullis_decisions_total{code=~"${codes.join("|")}"}[5m])) by (code, mode)`,
      trigger: watchedBy(key),
      owner: owners[key] ?? owner,
      lastExercisedMs: lastMs === 0 ? undefined : lastMs,
      refused: decided.reduce((sum, { enforced }) => sum + enforced, 0),
      wouldHaveRefused: decided.reduce((sum, { observed }) => sum + observed, 0),
    };
  });
