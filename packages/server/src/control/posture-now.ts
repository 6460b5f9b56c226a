import type { Policy } from "../policy/program-policy.ts";
import type { PlanSummary } from "../policy/planned.ts";
import { nextSteps } from "../admin/posture/next-steps.ts";
import type { Standings } from "../admin/posture/posture.ts";
import { type Exercised, postureRows } from "../admin/posture/posture-table.ts";
import type { DetectorState } from "../watch/attack-watch.ts";
import type { LastDecided } from "../watch/last-decided.ts";
import type { Series, SeriesQuestion } from "../watch/series.ts";

export interface PostureParts {
  readonly serving: { readonly policy: Policy; readonly plan: Pick<PlanSummary, "standing"> };
  readonly attacks: {
    detectors(): readonly DetectorState[];
    /** Since the start. */
    readonly decided: LastDecided;
  };
  /** Undefined where no records are kept. */
  readonly kept: { series(question: SeriesQuestion): Promise<Series> } | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

const dayMs = 86_400_000;
const lookBackMs = 90 * dayMs;

/** Where controls stand just now, by what is kept, or else by what was seen since the start. */
export async function postureNow(parts: PostureParts): Promise<Standings> {
  const { attacks, kept, nowMs, serving } = parts;
  const { policy, plan } = serving;
  const exercised = (await exercisedInRecords(parts)) ?? attacks.decided;
  const rows = postureRows(plan.standing, policy.posture ?? {}, exercised);
  const { requests, sinceMs } = exercised;
  const next = nextSteps({
    rows,
    requests,
    days: (nowMs() - sinceMs) / dayMs,
    detectors: attacks.detectors(),
    hasAlerts: (policy.alerts ?? []).length > 0,
    keepsRecords: kept !== undefined,
  });
  return { rows, next, sinceMs, requests };
}

/** What records have told since before the start; undefined where nobody answers for that. */
async function exercisedInRecords({
  attacks: { decided },
  kept,
  nowMs,
}: PostureParts): Promise<Exercised | undefined> {
  const toMs = nowMs();
  const question = { fromMs: toMs - lookBackMs, toMs, step: "day", filter: {}, durations: false };
  const ask = (by: SeriesQuestion["by"]): Promise<Series> | undefined =>
    kept?.series({ ...question, step: "day", by });
  try {
    const [all, byCode] = await Promise.all([ask([]), ask(["code", "mode"])]);
    const [first] = all?.items ?? [];
    if (all === undefined || byCode === undefined || first === undefined) return undefined;
    const codes = new Map<string, { lastMs: number; enforced: number; observed: number }>();
    for (const { at, code = "", decided: times, mode } of byCode.items) {
      const known = codes.get(code) ?? { lastMs: 0, enforced: 0, observed: 0 };
      known[mode === "enforce" ? "enforced" : "observed"] += times;
      known.lastMs = Math.max(known.lastMs, Date.parse(at));
      codes.set(code, known);
    }
    return {
      sinceMs: Date.parse(first.at),
      requests: all.items.reduce((sum, one) => sum + one.requests, 0),
      of(code) {
        const here = decided.of(code);
        const { enforced, lastMs, observed } = codes.get(code) ?? here;
        // Of a day it is known that, and since the start also when.
        return { enforced, observed, lastMs: Math.max(lastMs, here.lastMs) };
      },
    };
  } catch {
    return undefined;
  }
}
