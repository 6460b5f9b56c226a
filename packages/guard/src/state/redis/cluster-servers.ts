import { within } from "../within.ts";
import { slotOf } from "./key-slot.ts";
import {
  clientOptions,
  connectTimeoutMs,
  type OpenServers,
  reconnectStrategy,
  type RedisServer,
  type RedisServers,
  type RedisTls,
  socketTls,
} from "./redis-servers.ts";

/** How long connections may be tried again before the servers of the cluster are asked for anew. */
const lookAgainAfterMs = 200;
const mostRedirections = 5;

type Redis = typeof import("redis");

function nodesOf(
  { createCluster }: Redis,
  addresses: readonly string[],
  tls: RedisTls | undefined,
) {
  const { password, username } = new URL(addresses[0] as string);
  return createCluster({
    rootNodes: addresses.map((url) => ({
      url,
      // Only who is asked for the nodes: one that hangs must not keep the next from being asked.
      socket: { ...socketTls(url, tls), socketTimeout: connectTimeoutMs / 2 },
    })),
    defaults: {
      ...clientOptions,
      ...(username === "" ? {} : { username: decodeURIComponent(username) }),
      ...(password === "" ? {} : { password: decodeURIComponent(password) }),
      socket: {
        connectTimeout: connectTimeoutMs,
        reconnectStrategy,
        ...socketTls(addresses[0] as string, tls),
      },
    },
    commandOptions: { timeout: 0 },
    // A dead node would keep the others from being used: each is connected by itself, below.
    minimizeConnections: true,
    maxCommandRedirections: mostRedirections,
    topologyRefreshOnReconnectionAttemptStrategy: lookAgainAfterMs,
  });
}

/** The nodes of a cluster, found through any of them. */
export async function openCluster(
  addresses: readonly string[],
  { onChange, tls }: OpenServers,
): Promise<RedisServers> {
  const cluster = nodesOf(await import("redis"), addresses, tls);
  type Master = (typeof cluster.masters)[number];
  const known = new WeakMap<Master, RedisServer>();
  cluster.on("error", onChange);
  cluster.on("node-error", onChange);
  cluster.on("node-ready", onChange);
  const look = (master: Master): RedisServer => {
    let server = known.get(master);
    if (server === undefined) {
      server = asServer(master, (slot) => cluster.slots[slot]?.master);
      known.set(master, server);
    }
    if (master.client === undefined) cluster.nodeClient(master).catch(onChange);
    return server;
  };
  try {
    await within(cluster.connect(), addresses.length * connectTimeoutMs);
  } catch (fault) {
    cluster.destroy();
    throw fault;
  }
  const servers: RedisServers = {
    serverOf(key) {
      const shard = cluster.slots[slotOf(key)];
      return shard === undefined ? undefined : look(shard.master);
    },
    placeOf: slotOf,
    all: () => cluster.masters.map(look),
    send: (key, words) => cluster.sendCommand(key, false, [...words]),
    isOutdated: () => Promise.resolve(false),
    destroy: () => cluster.destroy(),
  };
  servers.all();
  return servers;
}

/** A node of a cluster, as the client keeps it. */
interface Node {
  readonly address: string;
  readonly client?: { readonly isReady: boolean } | undefined;
}

function asServer(master: Node, masterOf: (slot: number) => Node | undefined): RedisServer {
  let ownKey: string | undefined;
  return {
    name: master.address,
    get isReady() {
      return master.client?.isReady === true;
    },
    get ownKey() {
      return (ownKey ??= keyServedBy(master, masterOf));
    },
  };
}

/** The first of some keys that it serves; every node serves many. */
function keyServedBy(master: Node, masterOf: (slot: number) => Node | undefined): string {
  for (let tries = 0; tries < 100_000; tries += 1)
    if (masterOf(slotOf(`${tries}`)) === master) return `${tries}`;
  return "";
}
