import { within } from "../within.ts";
import { openCluster } from "./cluster-servers.ts";
import {
  connectTimeoutMs,
  type OpenServers,
  type RedisServers,
  WrongForm,
} from "./redis-servers.ts";
import { openSentinel } from "./sentinel-servers.ts";
import { openSingle } from "./single-server.ts";

/**
 * Connects to whatever serves, in its form.
 *
 * @throws WrongForm when what answers is of another form than the policy says
 */
export async function openServers(options: OpenServers): Promise<RedisServers> {
  const { addresses, form, master } = options.plan;
  if (form === "single") return openSingle(addresses[0] as string, options);
  if (form === "sentinel") return openSentinel(addresses, master ?? "", options);
  return form === "cluster" ? openCluster(addresses, options) : openAsked(addresses, options);
}

/** Asks the first that answers what it is. */
async function openAsked(
  addresses: readonly string[],
  options: OpenServers,
): Promise<RedisServers> {
  let last: unknown;
  for (const address of addresses) {
    let single: RedisServers;
    try {
      single = await openSingle(address, options);
    } catch (fault) {
      last = fault;
      continue;
    }
    const mode = await modeOf(single);
    if (mode === "standalone" && addresses.length === 1) return single;
    single.destroy();
    if (mode === "cluster") return openCluster(addresses, options);
    throw new WrongForm(
      mode === "sentinel"
        ? "a sentinel answers: say form: sentinel and master"
        : "several addresses, and no cluster answers: say their form",
    );
  }
  throw last;
}

/** `standalone`, `cluster` or `sentinel`; who may not ask takes it for one server. */
async function modeOf(single: RedisServers): Promise<string> {
  const told = await within(single.send("", ["INFO", "server"]), connectTimeoutMs).catch(() => "");
  return /redis_mode:(\w+)/.exec(String(told))?.[1] ?? "standalone";
}
