import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  createUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";
import { ask } from "../faults/backends.ts";

/**
 * Asks a backend that closes kept connections at random, many times, with pauses in which
 * connections lie idle. @returns what came, by status or fault
 */
export async function raceKeepAlive(
  requests: number,
  seed: number,
): Promise<Readonly<Record<string, number>>> {
  const file = fileURLToPath(new URL("./closing-backend.ts", import.meta.url));
  const backend = fork(file, [String(seed)]);
  const [port] = (await once(backend, "message")) as [number];
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [`http://127.0.0.1:${port}`],
    connections: 16,
  });
  const came: Record<string, number> = {};
  let left = requests;
  const walker = async (index: number): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const outcome = await ask(upstream, { caller: `c${index}` });
      came[outcome] = (came[outcome] ?? 0) + 1;
      if (left % 7 === 0) await new Promise((resolve) => setTimeout(resolve, left % 5));
    }
  };
  await Promise.all(Array.from({ length: 12 }, (_, index) => walker(index)));
  await upstream.close();
  backend.kill("SIGKILL");
  return came;
}
