import { within } from "../within.ts";
import type { RedisServer, RedisServers } from "./redis-servers.ts";
import { Garbage } from "./refusals.ts";

export interface Probing {
  readonly prefix: string;
  readonly timeoutMs: number;
}

const askEveryMs = 10;

/**
 * Writes to one server, so that one that is full or may only be read does not pass for one that
 * serves.
 *
 * @throws Late, or what the server said
 */
export async function probe(
  servers: RedisServers,
  { ownKey }: RedisServer,
  { prefix, timeoutMs }: Probing,
): Promise<void> {
  const key = `${prefix}probe{${ownKey}}`;
  const answer = await within(servers.send(key, ["SET", key, "1", "PX", "1000"]), timeoutMs);
  if (answer !== "OK") throw new Garbage();
}

/** Which of the servers that were just found answer, once all had their time to be connected. */
export async function answering(
  found: RedisServers,
  probing: Probing,
  connectMs: number,
  onSilent: (fault: Error) => void,
): Promise<readonly RedisServer[]> {
  const deadline = performance.now() + connectMs;
  while (found.all().some(({ isReady }) => !isReady) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  const answers = await Promise.all(
    found.all().map((server) =>
      probe(found, server, probing).then(
        () => server,
        (fault: unknown) => {
          onSilent(fault as Error);
          return undefined;
        },
      ),
    ),
  );
  return answers.filter((server) => server !== undefined);
}
