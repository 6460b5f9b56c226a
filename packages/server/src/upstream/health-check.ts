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
  { healthyAfter, intervalMs, path, timeoutMs, unhealthyAfter }: HealthCheckPlan,
): { close(): void } {
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
    let inRow = 0;
    const check = async (): Promise<void> => {
      const well = await isWell(instance.transport, path, timeoutMs);
      if (closed) return;
      if (well === instance.healthy) inRow = 0;
      else {
        inRow += 1;
        if (inRow >= (well ? healthyAfter : unhealthyAfter)) {
          instance.healthy = well;
          inRow = 0;
        }
      }
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

async function isWell(transport: Transport, path: string, timeoutMs: number): Promise<boolean> {
  try {
    const status = await transport.probe(path, timeoutMs);
    return status >= 200 && status < 300;
  } catch {
    return false;
  }
}
