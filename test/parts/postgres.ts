import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type pg from "pg";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import { type Find, PartMissing } from "./part.ts";
import { endProcess, saidBy, type ThrowAwayServer, untilAnswering } from "./throw-away-server.ts";

const usualFolders = ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"];
const unprivilegedUsers = ["postgres", "nobody"];
const startMs = 60_000;

export interface PostgresPlace {
  /** The folder of `initdb` and `postgres`. */
  readonly programs: string;
  /** Who it must run as: PostgreSQL refuses to run as root. */
  readonly user: User | undefined;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

export function findPostgres(): Find<PostgresPlace> {
  const newestFirst = globSync(usualFolders).toSorted((a, b) =>
    b.localeCompare(a, "en", { numeric: true }),
  );
  const initdb = findProgram(["initdb"], newestFirst);
  if (initdb === undefined) return { missing: "is not installed" };
  if (process.getuid?.() !== 0) return { place: { programs: dirname(initdb), user: undefined } };
  const user = unprivilegedUser();
  return user === undefined
    ? {
        missing: `refuses to run as root, and there is no user ${unprivilegedUsers.join(" or ")} to run it as`,
      }
    : { place: { programs: dirname(initdb), user } };
}

function unprivilegedUser(): User | undefined {
  const users = new Map<string, User>();
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name = "", , uid, gid] = line.split(":");
    users.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return unprivilegedUsers.map((name) => users.get(name)).find((user) => user !== undefined);
}

/**
 * An empty cluster on a free port of 127.0.0.1, with a password of its own: other users of this
 * machine must not get into a server that runs programs for its superuser.
 *
 * @throws PartMissing with what PostgreSQL said, when it does not start
 */
export async function startPostgres(
  { programs, user }: PostgresPlace,
  folder: string,
): Promise<ThrowAwayServer> {
  mkdirSync(folder, { mode: 0o700 });
  const password = randomBytes(18).toString("base64url");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined)
    for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  const data = join(folder, "data");
  const begin = (program: string, args: readonly string[]): ChildProcess =>
    spawn(join(programs, program), args, {
      ...user,
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
  const initialization = begin("initdb", [
    ...flags({
      pgdata: data,
      username: "postgres",
      pwfile: passwordFile,
      auth: "scram-sha-256",
      encoding: "UTF8",
    }),
    "--no-locale",
    "--no-sync",
  ]);
  const saidFirst = saidBy(initialization);
  const code = await new Promise((resolve) =>
    initialization.once("error", resolve).once("close", resolve),
  );
  if (code !== 0) throw new PartMissing(`could not make its files: ${saidFirst()}`);
  const port = await freePort();
  const server = begin("postgres", [
    "-D",
    data,
    ...flags({
      port: String(port),
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      max_connections: "200",
      // Nothing in it outlives the run, so nothing needs to reach the disk.
      fsync: "off",
      full_page_writes: "off",
      // Shared memory lies among its files and goes with them, whatever becomes of the server.
      dynamic_shared_memory_type: "mmap",
    }),
  ]);
  const said = saidBy(server);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  // Not before it is needed: every file of tests reads this module.
  const { Client } = (await import("pg")).default;
  await untilAnswering(
    server,
    () => canBeAsked(new Client({ connectionString: url, connectionTimeoutMillis: 2000 })),
    startMs,
    said,
  );
  // An immediate shutdown (SIGQUIT): nobody needs what it would write on a slower one.
  return { url, pid: server.pid as number, close: () => endProcess(server, "SIGQUIT") };
}

const flags = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

async function canBeAsked(client: pg.Client): Promise<boolean> {
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
