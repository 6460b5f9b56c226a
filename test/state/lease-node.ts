import { rateBucket, type RedisPlan } from "@portcullis/guard/state";
import { openRedis } from "./open-redis.ts";

/** What one node shall do: ask for each key as it is said, for so long. */
export interface NodeTask {
  readonly plan: RedisPlan;
  readonly prefix: string;
  readonly overshoot: number;
  readonly runMs: number;
  readonly keys: readonly {
    readonly who: string;
    readonly ratePerSecond: number;
    readonly burst: number;
    /** How many are asked for at once, and how long it is waited then. */
    readonly atOnce: number;
    readonly pauseMs: number;
  }[];
}

export interface NodeResult {
  readonly asked: number;
  /** Of Redis. */
  readonly questions: number;
  readonly overshot: number;
  /** Of each key, when each request that was let through was sent and answered. */
  readonly admitted: readonly (readonly (readonly [sentMs: number, answeredMs: number])[])[];
}

/** By a clock that all processes of a machine share. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

process.once("message", (task: NodeTask) => void run(task));

async function run({ keys, overshoot, plan, prefix, runMs }: NodeTask): Promise<void> {
  const { measures, state } = await openRedis(plan, prefix, overshoot);
  let asked = 0;
  const until = nowMs() + runMs;
  const admitted = await Promise.all(
    keys.map(async ({ atOnce, burst, pauseMs, ratePerSecond, who }) => {
      const bucket = rateBucket("lease", who, { intervalMs: 1000 / ratePerSecond, burst });
      const times: (readonly [number, number])[] = [];
      while (nowMs() < until) {
        await Promise.all(
          Array.from({ length: atOnce }, async () => {
            asked += 1;
            const sent = nowMs();
            const { refusedBy } = await state.takeAll([bucket]);
            if (refusedBy === -1) times.push([sent, nowMs()]);
          }),
        );
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      return times;
    }),
  );
  const { count, leaseOvershoot } = measures.read();
  const result: NodeResult = { asked, questions: count, overshot: leaseOvershoot, admitted };
  await state.close();
  process.send?.(result, () => process.disconnect?.());
}
