import { within } from "../within.ts";
import {
  clientOptions,
  connectTimeoutMs,
  type OpenServers,
  reconnectStrategy,
  type RedisServer,
  type RedisServers,
  socketTls,
} from "./redis-servers.ts";

/** One server, at one address. It may be a node of a cluster or a sentinel: see `modeOf`. */
export async function openSingle(
  url: string,
  { onChange, tls }: OpenServers,
): Promise<RedisServers> {
  const { createClient } = await import("redis");
  let wasConnected = false;
  const client = createClient({
    url,
    ...clientOptions,
    socket: {
      ...socketTls(url, tls),
      connectTimeout: connectTimeoutMs,
      // Whoever opens it tries again by itself, perhaps elsewhere.
      reconnectStrategy: (retries) => wasConnected && reconnectStrategy(retries),
    },
  });
  client.on("error", onChange);
  client.on("ready", onChange);
  try {
    await within(client.connect(), connectTimeoutMs);
    wasConnected = true;
  } catch (fault) {
    destroyClient(client);
    throw fault;
  }
  const server: RedisServer = {
    name: new URL(url).host,
    get isReady() {
      return client.isReady;
    },
    ownKey: "",
  };
  const servers = [server];
  return {
    serverOf: () => server,
    placeOf: () => 0,
    all: () => servers,
    send: (_key, words) => client.sendCommand([...words]),
    isOutdated: () => Promise.resolve(false),
    destroy: () => destroyClient(client),
  };
}

export function destroyClient(client: { destroy(): void }): void {
  try {
    client.destroy();
  } catch {
    // It had ended by itself.
  }
}
