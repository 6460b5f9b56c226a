import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { type RedisProcess, startRedis } from "./redis.ts";
import { endProcess, hasSaid, saidBy, untilAnswering } from "./throw-away-server.ts";

/** A server with a replica, and the sentinel that watches them. */
export interface RedisSentinel {
  /** Of the sentinel, with the password of the servers. */
  readonly addresses: readonly string[];
  /** By which the sentinel knows the server. */
  readonly master: string;
  /** The server that serves at first, and its replica. */
  readonly servers: readonly [RedisProcess, RedisProcess];
}

const master = "gate";
const startMs = 20_000;
/** A server that is silent for so long is replaced. The machine may be busy with other tests. */
const silentMs = 1500;

/** The servers of one file of tests: they start with the first test that asks for them. */
let started: Promise<RedisSentinel & { close(): Promise<void> }> | undefined;

export const openRedisSentinel = (program: string): Promise<RedisSentinel> =>
  (started ??= start(program));

export async function closeRedisSentinel(): Promise<void> {
  const sentinel = await started?.catch(() => undefined);
  await sentinel?.close();
}

async function start(program: string) {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-redis-sentinel-"));
  const password = randomBytes(18).toString("base64url");
  const lines = [`masterauth ${password}`, "repl-diskless-sync-delay 0"];
  const first = await startRedis(program, join(folder, "first"), { password, lines });
  const second = await startRedis(program, join(folder, "second"), {
    password,
    lines: [...lines, `replicaof 127.0.0.1 ${first.port}`],
  });
  const port = await freePort();
  const file = join(folder, "sentinel.conf");
  writeFileSync(
    file,
    [
      "bind 127.0.0.1",
      `port ${port}`,
      `dir ${folder}`,
      `sentinel monitor ${master} 127.0.0.1 ${first.port} 1`,
      `sentinel auth-pass ${master} ${password}`,
      `sentinel down-after-milliseconds ${master} ${silentMs}`,
      `sentinel failover-timeout ${master} 4000`,
      "",
    ].join("\n"),
    { mode: 0o600 },
  );
  const sentinel = spawn(program, [file, "--sentinel"], { stdio: ["ignore", "pipe", "pipe"] });
  const said = saidBy(sentinel);
  // It can replace the server once it knows the replica.
  await untilAnswering(sentinel, hasSaid(sentinel, "+slave"), startMs, said);
  return {
    addresses: [`redis://:${password}@127.0.0.1:${port}`],
    master,
    servers: [first, second] as const,
    async close() {
      await endProcess(sentinel, "SIGKILL");
      await Promise.all([first.close(), second.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
