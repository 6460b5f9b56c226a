import { canonicalPath } from "../../document/canonical-path.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { traceOf } from "../../facts/trace.ts";
import type { Check } from "../check.ts";
import type { ClientAddress } from "./client-address.ts";
import { problems } from "./problems.ts";
import { readFields } from "./read-fields.ts";

const methods: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "QUERY",
]);
/** Longer targets are refused: no API needs them, and caches and logs cut them. */
const mostTargetBytes = 8192;

const pathMalformed = (detail: string): Refusal => refuse(problems["path-malformed"], { detail });

/**
 * Gives a request its one reading: the canonical path, the fields each once, whose address it is,
 * and which trace it belongs to. A request that could be read in two ways is refused. Every later
 * step, and the backend, work on this reading alone.
 */
export function compileArrive(
  clientAddress: ClientAddress,
): Check<never, "path" | "query" | "address" | "traceId" | "fields" | "forwardFields"> {
  return (known) => {
    const { arrival, fields } = known;
    known.address = arrival.peerAddress;
    const refused = readFields(known);
    known.traceId = traceOf(fields.traceparent);
    if (refused !== undefined) return refused;
    if (!methods.has(arrival.method))
      return refuse(problems["method-unsupported"], {
        detail: `method ${JSON.stringify(arrival.method.slice(0, 20))}`,
      });
    const { target } = arrival;
    if (target.charCodeAt(0) !== 0x2f)
      return refuse(problems["target-unsupported"], {
        detail: "the target is not in origin form",
      });
    if (target.length > mostTargetBytes)
      return pathMalformed(`the target is longer than ${mostTargetBytes} bytes`);
    const canonical = canonicalPath(target);
    if ("fault" in canonical) return pathMalformed(canonical.fault);
    known.path = canonical.path;
    known.query = canonical.query;
    known.address = clientAddress(arrival.peerAddress, fields.forwardedFor, fields.forwarded);
    return undefined;
  };
}
