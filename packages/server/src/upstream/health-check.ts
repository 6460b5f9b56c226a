import type { HealthCheckPlan } from "@portcullis/guard/policy";
import type { Transport } from "./transport.ts";

export interface Checked {
  readonly transport: Transport;
  /** Set here: an instance that failed its checks is not asked while another is there. */
  healthy: boolean;
}

/**
 * Asks each instance for its health, a little apart from each other, and counts in a row. Any 2xx
 * is well.
 */
export function watchHealth(
  instances: readonly Checked[],
  plan: HealthCheckPlan,
): { close(): void } {
  const { intervalMs, path, timeoutMs } = plan;
  let closed = false;
  const timers = new Set<NodeJS.Timeout>();
  const later = (run: () => void, afterMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, afterMs);
    timer.unref();
    timers.add(timer);
  };
  const follow = (instance: Checked): void => {
    const count = countInRow(instance, plan);
    const check = async (): Promise<void> => {
      const well = await isWell(instance.transport, path, timeoutMs);
      if (closed) return;
      count(well);
      later(() => void check(), intervalMs);
    };
    later(() => void check(), Math.random() * Math.min(intervalMs, 1000));
  };
  instances.forEach(follow);
  return {
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Takes an instance for healthy, or for failed, once enough checks in a row have found it so. */
function countInRow(
  instance: Checked,
  { healthyAfter, unhealthyAfter }: HealthCheckPlan,
): (well: boolean) => void {
  let inRow = 0;
  return (well) => {
    inRow = well === instance.healthy ? 0 : inRow + 1;
    if (inRow < (well ? healthyAfter : unhealthyAfter)) return;
    instance.healthy = well;
    inRow = 0;
  };
}

async function isWell(transport: Transport, path: string, timeoutMs: number): Promise<boolean> {
  try {
    const status = await transport.probe(path, timeoutMs);
    return status >= 200 && status < 300;
  } catch {
    return false;
  }
}
