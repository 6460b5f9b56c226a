// One of two askers: a thread that shares memory, or a process that shares Redis.
import { parentPort, workerData } from "node:worker_threads";
import {
  type LimitState,
  rateBucket,
  RedisState,
  StateMeasures,
  type SharedBuckets,
  SharedMemoryState,
  steadyMs,
} from "@portcullis/guard/state";
import type { Admitted, Load } from "./exactness.ts";

interface Task {
  readonly load: Load;
  readonly count: number;
  readonly shared?: SharedBuckets;
  readonly redis?: string;
  readonly prefix?: string;
}

const task: Task = (workerData as Task | null) ?? (JSON.parse(process.argv[2] ?? "{}") as Task);
const { count, load } = task;

async function open(): Promise<LimitState> {
  if (task.shared !== undefined) return new SharedMemoryState(task.shared);
  const state = RedisState.open({
    plan: { form: "single", addresses: [task.redis ?? ""], master: undefined, timeoutMs: 5000 },
    prefix: task.prefix ?? "",
    overshoot: 0.05,
    measures: new StateMeasures(),
    mostShown: 0,
    onChange: () => undefined,
    onTrouble: (message) => console.error(message),
  });
  while (!state.isAvailable) await new Promise((resolve) => setTimeout(resolve, 10));
  return state;
}

const state = await open();
const admitted: Admitted[] = [];
for (let asked = 0; asked < count; ) {
  const round: Promise<void>[] = [];
  for (let index = 0; index < load.together && asked < count; index += 1, asked += 1) {
    const key = asked % load.keys;
    const sentMs = steadyMs();
    const taken = state.takeAll([rateBucket(load.name, String(key), load)]);
    const note = (refusedBy: number): void => {
      if (refusedBy === -1) admitted.push([key, sentMs, steadyMs()]);
    };
    if (taken instanceof Promise) round.push(taken.then((one) => note(one.refusedBy)));
    else note(taken.refusedBy);
  }
  await Promise.all(round);
  await new Promise((resolve) => setTimeout(resolve, load.pauseMs));
}
await state.close();
if (parentPort === null) process.send?.(admitted, () => process.exit());
else parentPort.postMessage(admitted);
