import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Question, type ServerAnswer, type ServerName, socketOf } from "../parts/ask-run.ts";
import { type Find, PartMissing } from "../parts/part.ts";
import { findPostgres, startPostgres } from "../parts/postgres.ts";
import { findRedis, startRedis } from "../parts/redis.ts";
import type { ThrowAwayServer } from "../parts/throw-away-server.ts";

/** Answers the test files of one run at a socket in the run's folder. */
export interface Broker {
  /** Ends every server that was started. */
  close(): Promise<void>;
}

export interface BrokerOptions {
  /** The run's folder; the servers keep their files in it. */
  readonly folder: string;
  /** How long one file of tests may take, from its first line to its end. */
  readonly fileTimeoutMs: number;
  readonly say: (message: string) => void;
}

const starts: Readonly<Record<ServerName, (folder: string) => Promise<ThrowAwayServer>>> = {
  postgres: async (folder) => startPostgres(placeOf(findPostgres()), folder),
  redis: async (folder) => startRedis(placeOf(findRedis()), folder),
};

export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { folder } = options;
  const started = new Map<ServerName, Promise<ThrowAwayServer>>();
  const listener = createServer((socket) => {
    // A test process that was killed leaves its connection half open.
    socket.on("error", () => socket.destroy());
    createInterface({ input: socket }).once("line", (line) => {
      const question = JSON.parse(line) as Question;
      if (question.ask === "deadline") {
        keepDeadline(socket, question, options);
        return;
      }
      const { name } = question;
      const server = started.get(name) ?? starts[name](join(folder, name));
      started.set(name, server);
      void answerOf(server).then((answer) => socket.end(JSON.stringify(answer)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen(socketOf(folder), resolve);
  });
  return {
    async close() {
      listener.close();
      for (const server of started.values())
        await server.then(
          (running) => running.close(),
          () => undefined,
        );
    },
  };
}

function placeOf<Place>(found: Find<Place>): Place {
  if ("missing" in found) throw new PartMissing(found.missing);
  return found.place;
}

async function answerOf(server: Promise<ThrowAwayServer>): Promise<ServerAnswer> {
  try {
    return { url: (await server).url };
  } catch (fault) {
    return { missing: (fault as Error).message };
  }
}

/**
 * A file holds its connection as long as it runs. One that holds it for too long has hung, perhaps
 * in a loop that hears no signal, and is ended by force.
 */
function keepDeadline(
  socket: Socket,
  { file, pid }: { readonly file: string; readonly pid: number },
  { fileTimeoutMs, say }: BrokerOptions,
): void {
  const timer = setTimeout(() => {
    say(`${file} was ended by force: it has run for ${fileTimeoutMs / 1000} s`);
    process.kill(pid, "SIGKILL");
  }, fileTimeoutMs);
  socket.once("close", () => clearTimeout(timer));
}
