import { createHealthProbe } from "./health-probe.ts";
import { Connections, type ConnectionsOptions } from "./http1/connections.ts";
import { placeOf } from "./http1/open-socket.ts";
import type { Transport } from "./transport.ts";
import { watchAddresses } from "./watch-addresses.ts";

/** Keep-alive connections over HTTP/1.1. @param target `http(s)://host:port` or `unix:/path` */
export function http1Transport(target: string, options: ConnectionsOptions): Transport {
  const connections = new Connections(target, options);
  const probe = createHealthProbe(target, options.tls);
  // Connections outlive what a name means. Where it means other addresses, new ones are made, and
  // the old ones end with what they are at.
  const names = watchAddresses(placeOf(target).name, () => connections.renew());
  return {
    begin: (request, headersTimeoutMs, receiver, isSecondTry) =>
      connections.begin(request, headersTimeoutMs, receiver, isSecondTry),
    probe: (path, timeoutMs) => probe.ask(path, timeoutMs),
    async close() {
      names?.close();
      await Promise.all([connections.close(), probe.close()]);
    },
  };
}
