import { undeclaredName } from "@portcullis/guard/policy";
import type { GuardedOperation } from "../../policy/guarded-operations.ts";
import type { Series, SeriesItem, SeriesQuestion } from "../../watch/series.ts";
import { holdToParameters } from "../records/record-query.ts";
import { orUnanswered } from "../records/unanswered.ts";
import { ok, type QueryParameter, route, type Route } from "../route.ts";
import { keyOfCode } from "./code-keys.ts";
import { forecastRoute } from "./forecast.ts";
import type { Guarding } from "./guarding.ts";
import { heldModes, ladderKeys, modeWord, modeWords } from "./held-modes.ts";
import { operationsAnswer } from "./operations-answer.ts";
import { readyRoute } from "./ready.ts";
import { sinceOf, sinceParameter } from "./since.ts";

const parameters: readonly QueryParameter[] = [sinceParameter("24h")];
const hourMs = 3_600_000;
/** What fits beside a name. */
const mostSparkHours = 24;

/** What guards each operation, what came of it, and who would be refused. */
export const operationRoutes = (guarding: Guarding): readonly Route[] => [
  route({
    method: "GET",
    path: "/operations",
    operationId: "listOperations",
    summary: "What guards each operation as it is now, what came of it, and what stands open",
    needs: "viewer",
    query: parameters,
    answer: {
      status: 200,
      description: "In the order of the documents.",
      schema: operationsAnswer,
    },
    handle: async ({ query }) => {
      holdToParameters(query, parameters);
      const nowMs = Date.now();
      const fromMs = sinceOf(query, "24h", nowMs);
      const counted = await countedOf(guarding, fromMs, nowMs);
      const switches = await guarding.holding();
      const guarded = guarding.guarded();
      const items = guarded.map((one) => {
        const held = heldModes(one, switches);
        return {
          name: one.name,
          place: one.place,
          tags: one.tags,
          holes: holesOf(one, counted),
          ...(counted === undefined ? {} : trafficOf(one.name, counted)),
          cells: Object.fromEntries(
            ladderKeys.map(({ key }) => [
              key,
              {
                mode: modeWord(held[key] ?? "off"),
                words: modeWords(held[key] ?? "off"),
                rule: one.rules[key],
                observed: counted?.decided.get(cellName(one.name, key, "observe")) ?? 0,
                enforced: counted?.decided.get(cellName(one.name, key, "enforce")) ?? 0,
              },
            ]),
          ),
        };
      });
      return ok({
        from: new Date(fromMs).toISOString(),
        to: new Date(nowMs).toISOString(),
        isCounted: counted !== undefined,
        controls: ladderKeys.map(({ estimated, key, sentence }) => ({
          key,
          sentence,
          isExact: estimated === undefined,
        })),
        items,
        ...(counted === undefined || counted.missing.length === 0
          ? {}
          : { missing: counted.missing }),
      });
    },
  }),
  forecastRoute(guarding),
  readyRoute(guarding),
];

interface CountedOperations {
  readonly traffic: ReadonlyMap<string, readonly SeriesItem[]>;
  readonly hours: ReadonlyMap<string, readonly number[]>;
  /** Decisions by operation, control and mode. */
  readonly decided: ReadonlyMap<string, number>;
  readonly missing: readonly string[];
}

const cellName = (operation: string, key: string, mode: string): string =>
  `${operation}\n${key}\n${mode}`;

async function countedOf(
  { series }: Guarding,
  fromMs: number,
  nowMs: number,
): Promise<CountedOperations | undefined> {
  if (series === undefined) return undefined;
  const ask = (rest: Partial<SeriesQuestion>): Promise<Series> =>
    orUnanswered(() =>
      series({
        fromMs,
        toMs: nowMs + 1,
        step: "all",
        by: [],
        filter: {},
        durations: false,
        ...rest,
      }),
    );
  const traffic = await ask({ by: ["operation", "outcome"], durations: true });
  const codes = await ask({ by: ["operation", "code", "mode"] });
  const sparkFromMs = Math.max(fromMs, nowMs - mostSparkHours * hourMs);
  const spark = await ask({ by: ["operation"], step: "hour", fromMs: sparkFromMs });
  const decided = new Map<string, number>();
  for (const { code = "", decided: count, mode = "", operation = "" } of codes.items) {
    const name = cellName(operation, keyOfCode(code), mode);
    decided.set(name, (decided.get(name) ?? 0) + count);
  }
  return {
    traffic: Map.groupBy(traffic.items, ({ operation = "" }) => operation),
    hours: hoursOf(spark.items, sparkFromMs, nowMs),
    decided,
    missing: [...new Set([traffic, codes, spark].flatMap(({ missing }) => missing))],
  };
}

function hoursOf(
  items: readonly SeriesItem[],
  fromMs: number,
  nowMs: number,
): ReadonlyMap<string, readonly number[]> {
  const first = Math.floor(fromMs / hourMs);
  const count = Math.floor(nowMs / hourMs) - first + 1;
  const hours = new Map<string, number[]>();
  for (const { at, operation = "", requests } of items) {
    let own = hours.get(operation);
    if (own === undefined) hours.set(operation, (own = Array<number>(count).fill(0)));
    const index = Math.floor(Date.parse(at) / hourMs) - first;
    if (index >= 0 && index < count) own[index] = requests;
  }
  return hours;
}

function trafficOf(name: string, { hours, traffic }: CountedOperations): object {
  const of = (outcome: string): SeriesItem | undefined =>
    traffic.get(name)?.find((one) => one.outcome === outcome);
  const [passed, refused, failed] = ["passed", "refused", "failed"].map(of);
  const total = [passed, refused, failed].reduce((sum, one) => sum + (one?.requests ?? 0), 0);
  return {
    requests: total,
    refused: refused?.requests ?? 0,
    failed: failed?.requests ?? 0,
    p95Ms: passed?.durationMs?.p95,
    hours: hours.get(name) ?? [],
  };
}

function holesOf(
  { holes, name }: GuardedOperation,
  counted: CountedOperations | undefined,
): readonly string[] {
  const answers = counted?.traffic
    .get(name)
    ?.some(({ outcome, requests }) => outcome === "passed" && requests > 0);
  return name === undeclaredName && answers === true ? [...holes, "undeclared-answers"] : holes;
}
