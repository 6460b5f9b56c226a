import { within } from "../within.ts";
import {
  clientOptions,
  connectTimeoutMs,
  type OpenServers,
  type RedisServers,
  type RedisTls,
  socketTls,
  WrongForm,
} from "./redis-servers.ts";
import { destroyClient, openSingle } from "./single-server.ts";

/**
 * The server that sentinels call by a name, as they tell it now. A server that has been told to
 * follow another one in the meantime is found by `isOutdated`, or by its refusing to be written to.
 */
export async function openSentinel(
  addresses: readonly string[],
  master: string,
  options: OpenServers,
): Promise<RedisServers> {
  const found = await askSentinels(addresses, master, options.tls);
  const servers = await openSingle(found, options);
  try {
    const [role] = (await within(servers.send("", ["ROLE"]), connectTimeoutMs)) as [unknown];
    if (role !== "master") throw new Error(`the server that sentinels name is a ${String(role)}`);
  } catch (fault) {
    servers.destroy();
    throw fault;
  }
  return {
    ...servers,
    isOutdated: async () => (await askSentinels(addresses, master, options.tls)) !== found,
  };
}

/** The address of the server, of the first sentinel that knows it. */
async function askSentinels(
  addresses: readonly string[],
  master: string,
  tls: RedisTls | undefined,
): Promise<string> {
  let last: unknown;
  for (const address of addresses)
    try {
      return await askSentinel(address, master, tls);
    } catch (fault) {
      last = fault;
    }
  throw last;
}

/**
 * What stands in the address is for the server; a sentinel that wants no password is asked without.
 */
async function askSentinel(
  address: string,
  master: string,
  tls: RedisTls | undefined,
): Promise<string> {
  const told = await ask(address, master, tls).catch((fault: unknown) => {
    if (!/WRONGPASS|without any password|invalid password/i.test((fault as Error).message))
      throw fault;
    const bare = new URL(address);
    bare.username = bare.password = "";
    return ask(bare.href, master, tls);
  });
  if (!Array.isArray(told)) throw new WrongForm(`no sentinel knows '${master}'`);
  const [host, port] = told as readonly unknown[];
  const found = new URL(address);
  found.host = `${String(host).includes(":") ? `[${String(host)}]` : String(host)}:${String(port)}`;
  return found.href;
}

async function ask(url: string, master: string, tls: RedisTls | undefined): Promise<unknown> {
  const { createClient } = await import("redis");
  const bare = new URL(url);
  // Sentinels have no databases.
  bare.pathname = "";
  const client = createClient({
    url: bare.href,
    ...clientOptions,
    socket: {
      ...socketTls(url, tls),
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: false,
    },
  });
  client.on("error", () => undefined);
  try {
    return await within(
      client
        .connect()
        .then(() => client.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master])),
      connectTimeoutMs / 2,
    );
  } finally {
    destroyClient(client);
  }
}
