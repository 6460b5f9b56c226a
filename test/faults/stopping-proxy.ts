import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** Stands before a server and can fall silent: connections stay, and nothing comes through. */
export interface StoppingProxy {
  /** The address of the server behind it, by way of this. */
  readonly url: string;
  stop(): void;
  goOn(): void;
  close(): Promise<unknown>;
}

type Word = "stop" | "go on";
interface Behind {
  readonly proxied: string;
}

/** On a thread of its own: a test that waits for a command must not make the server silent. */
export async function stoppingProxy(behind: string): Promise<StoppingProxy> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { proxied: behind } satisfies Behind,
  });
  const [port] = (await once(worker, "message")) as [number];
  const url = new URL(behind);
  url.port = String(port);
  const say = (word: Word): void => worker.postMessage(word);
  return {
    url: url.href,
    stop: () => say("stop"),
    goOn: () => say("go on"),
    close: () => worker.terminate(),
  };
}

function serve(port: number, host: string): void {
  const sockets = new Set<Socket>();
  let isStopped = false;
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    if (isStopped) socket.pause();
  };
  const server = createServer((near) => {
    const far = connect(port, host);
    near.pipe(far);
    far.pipe(near);
    hold(near);
    hold(far);
    near.once("close", () => far.destroy());
    far.once("close", () => near.destroy());
  }).listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
  parentPort?.on("message", (word: Word) => {
    isStopped = word === "stop";
    for (const socket of sockets)
      if (isStopped) socket.pause();
      else socket.resume();
  });
}

const given = workerData as Behind | null;
if (!isMainThread && given?.proxied !== undefined) {
  const { hostname, port } = new URL(given.proxied);
  serve(Number(port), hostname);
}
