import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import { type Find, PartMissing } from "./part.ts";
import { findRedis, type RedisProcess, startRedis } from "./redis.ts";

/** Three masters, and a replica for each. */
export interface RedisCluster {
  readonly addresses: readonly string[];
  readonly nodes: readonly RedisProcess[];
  /** Runs a command of Redis at one node, and gives what was answered as text. */
  ask(node: RedisProcess, ...words: readonly string[]): Promise<string>;
}

export interface RedisPrograms {
  readonly server: string;
  readonly cli: string;
}

const run = promisify(execFile);
const masters = 3;
/** A node that is silent for so long is replaced. The machine may be busy with other tests. */
const silentMs = 2000;
const askEveryMs = 50;
const joinMs = 30_000;

export function findRedisPrograms(): Find<RedisPrograms> {
  const server = findRedis();
  const cli = findProgram(["redis-cli", "valkey-cli"]);
  if ("missing" in server) return server;
  return cli === undefined
    ? { missing: "is not installed (redis-cli)" }
    : { place: { server: server.place, cli } };
}

/** The cluster of one file of tests: it starts with the first test that asks for it. */
let started: Promise<RedisCluster & { close(): Promise<void> }> | undefined;

export const openRedisCluster = (place: RedisPrograms): Promise<RedisCluster> =>
  (started ??= start(place));

export async function closeRedisCluster(): Promise<void> {
  const cluster = await started?.catch(() => undefined);
  await cluster?.close();
}

async function start({ cli, server }: RedisPrograms) {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-redis-cluster-"));
  const password = randomBytes(18).toString("base64url");
  const nodes: RedisProcess[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()));
    rmSync(folder, { recursive: true, force: true });
  };
  const askCli = async (...words: readonly string[]): Promise<string> =>
    (await run(cli, words, { env: { ...process.env, REDISCLI_AUTH: password } })).stdout;
  const ask = (node: RedisProcess, ...words: readonly string[]): Promise<string> =>
    askCli("-p", String(node.port), ...words);
  try {
    for (let count = 0; count < 2 * masters; count += 1)
      nodes.push(
        await startRedis(server, join(folder, `${count}`), {
          password,
          lines: [
            `masterauth ${password}`,
            "cluster-enabled yes",
            `cluster-port ${await freePort()}`,
            `cluster-node-timeout ${silentMs}`,
            "cluster-replica-validity-factor 0",
            "cluster-require-full-coverage no",
            "repl-diskless-sync-delay 0",
          ],
        }),
      );
    await askCli(
      "--cluster",
      "create",
      ...nodes.map(({ port }) => `127.0.0.1:${port}`),
      "--cluster-replicas",
      "1",
      "--cluster-yes",
    );
    await untilJoined(nodes, ask);
  } catch (fault) {
    await close();
    throw new PartMissing(`did not become a cluster: ${(fault as Error).message}`);
  }
  return { addresses: nodes.map(({ url }) => url), nodes, ask, close };
}

/** Every node knows all the others and which are replicas, and every replica has what its master has. */
async function untilJoined(
  nodes: readonly RedisProcess[],
  ask: RedisCluster["ask"],
): Promise<void> {
  const deadline = performance.now() + joinMs;
  for (const node of nodes)
    for (;;) {
      const known = (await ask(node, "CLUSTER", "NODES")).trim().split("\n");
      const info = await ask(node, "INFO", "replication");
      // A node hears late which of the others have become replicas.
      const isWhole =
        known.length === nodes.length &&
        known.every((line) => /connected/.test(line)) &&
        known.filter((line) => /\bslave\b/.test(line)).length === nodes.length - masters;
      if (isWhole && !/master_link_status:down/.test(info)) break;
      if (performance.now() > deadline) throw new Error("its nodes do not find each other");
      await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    }
}
