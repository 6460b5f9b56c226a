import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import type { Find } from "./part.ts";
import {
  endProcess,
  hasSaid,
  saidBy,
  type ThrowAwayServer,
  untilAnswering,
} from "./throw-away-server.ts";

const startMs = 20_000;

/** Redis, or Valkey, which speaks the same. */
export function findRedis(): Find<string> {
  const program = findProgram(["redis-server", "valkey-server"]);
  return program === undefined ? { missing: "is not installed" } : { place: program };
}

/** A server of Redis, and how to enter it. */
export interface RedisProcess extends ThrowAwayServer {
  readonly port: number;
  readonly password: string;
}

export interface RedisSettings {
  readonly password?: string;
  /** A free one unless given. */
  readonly port?: number;
  /** Lines of its configuration beyond the usual ones. */
  readonly lines?: readonly string[];
}

/**
 * An empty server on a free port of 127.0.0.1, with a password of its own: other users of this
 * machine must not get into a server that writes files for whoever asks.
 *
 * @throws PartMissing with what Redis said, when it does not start
 */
export async function startRedis(
  program: string,
  folder: string,
  {
    lines = [],
    password = randomBytes(18).toString("base64url"),
    port: wanted,
  }: RedisSettings = {},
): Promise<RedisProcess> {
  mkdirSync(folder, { mode: 0o700, recursive: true });
  const port = wanted ?? (await freePort());
  const server = spawn(program, ["-"], { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  const said = saidBy(server);
  server.stdin.on("error", () => undefined);
  // By the standard input: everybody on the machine can read a command line.
  server.stdin.end(
    [
      "bind 127.0.0.1",
      `port ${port}`,
      `requirepass ${password}`,
      'save ""',
      "appendonly no",
      ...lines,
      "",
    ].join("\n"),
  );
  const ready = hasSaid(server, "Ready to accept connections");
  await untilAnswering(server, ready, startMs, said);
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    port,
    password,
    pid: server.pid as number,
    close: () => endProcess(server, "SIGKILL"),
  };
}

/** A Redis of one test alone, which it may stop (SIGSTOP), let go on, end and start anew. */
export interface OwnRedis extends ThrowAwayServer {
  /** The process of now. */
  readonly pid: number;
  /** Starts it anew at the same address, with nothing in it. */
  restart(): Promise<void>;
}

export async function openOwnRedis(program: string, context: TestContext): Promise<OwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-own-redis-"));
  // Its test may let it load what it holds, as slowly as it likes.
  const lines = ["enable-debug-command yes"];
  let server = await startRedis(program, join(folder, "redis"), { lines });
  context.after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { password, port, url } = server;
  return {
    url,
    get pid() {
      return server.pid;
    },
    close: () => server.close(),
    async restart() {
      server = await startRedis(program, join(folder, "redis"), { lines, password, port });
    },
  };
}
