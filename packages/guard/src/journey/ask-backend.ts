import type { AskBackend, Told } from "../controls/compile-context.ts";
import type { Upstream } from "../ports/upstream.ts";
import { sayWhoCalls, type Telling, withoutRequestFields } from "./backend-fields.ts";

/** Asks a backend a GET in the caller's name, for controls that must know more than they see. */
export function compileAskBackend(upstream: Upstream, telling: Telling): AskBackend {
  return (known, target, mostBytes) => {
    const headers = withoutRequestFields(known.forwardFields);
    headers.push("Accept", "application/json", "Accept-Encoding", "identity");
    sayWhoCalls(headers, known, telling);
    return new Promise<Told>((resolve) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      let status = 0;
      const forwarding = upstream.forward(
        { method: "GET", target, headers, body: null, repeatable: true },
        {
          onHead: (answered) => {
            status = answered;
          },
          onData: (chunk) => {
            bytes += chunk.length;
            if (bytes <= mostBytes) parts.push(chunk);
            else {
              resolve({ failed: `the answer is larger than ${mostBytes} bytes` });
              forwarding.abort();
            }
            return true;
          },
          onEnd: () => resolve({ status, body: Buffer.concat(parts) }),
          onFault: (code, detail) => resolve({ failed: `${code} ${detail}` }),
        },
      );
    });
  };
}
