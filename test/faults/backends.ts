import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import type { PooledUpstream } from "../../packages/server/src/upstream/upstream-pool.ts";

/** A real backend that can be told to fail. */
export interface FaultyBackend {
  readonly url: string;
  asked(): number;
  failBy(how: ((request: IncomingMessage, response: ServerResponse) => void) | undefined): void;
  close(): void;
}

export async function faultyBackend(): Promise<FaultyBackend> {
  let asked = 0;
  let fails: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  const server: Server = createServer((request, response) => {
    asked += 1;
    if (fails === undefined) setTimeout(() => response.end("ok"), 2);
    else fails(request, response);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    failBy(how) {
      fails = how;
      server.closeIdleConnections();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Asks once. @returns the status, or the code of the fault */
export const ask = (
  upstream: PooledUpstream,
  request: Partial<UpstreamRequest> = {},
): Promise<string> =>
  new Promise((resolve) => {
    let status = "";
    upstream.forward(
      {
        method: "GET",
        target: "/x",
        headers: ["Host", "api"],
        body: null,
        repeatable: true,
        ...request,
      },
      {
        onHead: (given) => {
          status = String(given);
        },
        onData: () => true,
        onEnd: () => resolve(status),
        onFault: (code) => resolve(code),
      },
    );
  });

/** Asks many times, some at once, and counts what came. */
export async function askMany(
  upstream: PooledUpstream,
  count: number,
  request: Partial<UpstreamRequest> = {},
): Promise<Readonly<Record<string, number>>> {
  const came: Record<string, number> = {};
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const outcome = await ask(upstream, request);
      came[outcome] = (came[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return came;
}
