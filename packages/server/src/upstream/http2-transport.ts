import { placeOf } from "./http1/open-socket.ts";
import { Sessions, type SessionsOptions } from "./http2/sessions.ts";
import type { Transport } from "./transport.ts";
import { watchAddresses } from "./watch-addresses.ts";

/** One session over HTTP/2. @param target `http(s)://host:port` or `unix:/path` */
export function http2Transport(target: string, options: SessionsOptions): Transport {
  const sessions = new Sessions(target, options);
  const names = watchAddresses(placeOf(target).name, () => sessions.renew());
  let probing: Sessions | undefined;
  return {
    begin: (request, headersTimeoutMs, receiver) =>
      sessions.begin(request, headersTimeoutMs, receiver),
    probe(path, timeoutMs) {
      // A session that no caller's request waits for.
      probing ??= new Sessions(target, { ...options, connections: 1, bodyTimeoutMs: timeoutMs });
      return ask(probing, path, timeoutMs);
    },
    async close() {
      names?.close();
      await Promise.all([sessions.close(), probing?.close()]);
    },
  };
}

function ask(sessions: Sessions, path: string, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const request = { method: "GET", target: path, headers: [], body: null, repeatable: true };
    sessions.begin(request, timeoutMs, {
      onSent: () => undefined,
      onAllSent: () => undefined,
      onHead: (said) => (status = said),
      onData: () => undefined,
      onEnd: () => resolve(status),
      onFailure: ({ detail }) => reject(new Error(detail)),
    });
  });
}
