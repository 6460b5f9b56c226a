import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import type { Find } from "./part.ts";
import { endProcess, saidBy, type ThrowAwayServer, untilAnswering } from "./throw-away-server.ts";

const startMs = 20_000;

/** Redis, or Valkey, which speaks the same. */
export function findRedis(): Find<string> {
  const program = findProgram(["redis-server", "valkey-server"]);
  return program === undefined ? { missing: "is not installed" } : { place: program };
}

/**
 * An empty server on a free port of 127.0.0.1, with a password of its own: other users of this
 * machine must not get into a server that writes files for whoever asks.
 *
 * @throws PartMissing with what Redis said, when it does not start
 */
export async function startRedis(program: string, folder: string): Promise<ThrowAwayServer> {
  mkdirSync(folder, { mode: 0o700 });
  const password = randomBytes(18).toString("base64url");
  const port = await freePort();
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
      "",
    ].join("\n"),
  );
  const ready = async (): Promise<boolean> => said().includes("Ready to accept connections");
  await untilAnswering(server, ready, startMs, said);
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    pid: server.pid as number,
    close: () => endProcess(server, "SIGKILL"),
  };
}

/** A Redis of one test alone, which it may stop (SIGSTOP) and let go on. */
export async function openOwnRedis(
  program: string,
  context: TestContext,
): Promise<ThrowAwayServer> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-own-redis-"));
  const server = await startRedis(program, join(folder, "redis"));
  context.after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return server;
}
