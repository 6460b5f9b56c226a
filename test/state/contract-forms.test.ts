import { openRedis, planFor } from "./open-redis.ts";
import { stateContract } from "./state-contract.ts";

stateContract(
  "Redis under a sentinel",
  ["redisSentinel"],
  async ({ redisSentinel: { addresses, master } }) =>
    (await openRedis({ ...planFor(""), addresses, form: "sentinel", master })).state,
);

stateContract(
  "a cluster of Redis",
  ["redisCluster"],
  async ({ redisCluster: { addresses } }) =>
    (await openRedis({ ...planFor(""), addresses, form: "cluster" })).state,
);
