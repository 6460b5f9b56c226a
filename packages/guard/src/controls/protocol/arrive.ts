import { canonicalPath } from "../../document/canonical-path.ts";
import type { Arrival } from "../../facts/arrival.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { traceOf } from "../../facts/trace.ts";
import { isServedMethod } from "../../reading/methods.ts";
import type { Check } from "../check.ts";
import type { ClientAddresses } from "./client-address.ts";
import type { RequestFieldRules } from "./field-rules.ts";
import { problems } from "./problems.ts";
import { readFields } from "./read-fields.ts";
import { saidScheme } from "./scheme.ts";

/** Longer targets are refused: no API needs them, and caches and logs cut them. */
const mostTargetBytes = 8192;

const pathMalformed = (detail: string): Refusal => refuse(problems["path-malformed"], { detail });

/** What a request is read by as it arrives. */
export interface ArriveParts {
  readonly addresses: ClientAddresses;
  /** What becomes of the fields of callers. */
  readonly callers: RequestFieldRules;
  /** What becomes of the fields of proxies that the operator trusts. */
  readonly proxies: RequestFieldRules;
  /** Whether a request that a trusted proxy got without encryption is refused. */
  readonly refuseCleartext: boolean;
}

const cleartext = refuse(problems["cleartext-refused"], {
  detail: "a trusted proxy says that it came without encryption",
});

/**
 * One reading of the request, or none: the canonical path, the fields each once, whose address it
 * is, over what it came, and which trace it belongs to. Everything after works on what stands here,
 * and so does the backend.
 */
export function compileArrive(
  parts: ArriveParts,
): Check<
  never,
  "path" | "query" | "address" | "scheme" | "traceId" | "fields" | "forwardFields" | "fieldDoubts"
> {
  const { addresses, callers, proxies, refuseCleartext } = parts;
  return (known) => {
    const { arrival, fields } = known;
    const peer = addresses.peerOf(arrival.peerAddress);
    known.address = peer.address;
    known.scheme = arrival.encrypted ? "https" : "http";
    const refused = readFields(known, peer.trusted ? proxies : callers);
    known.traceId = traceOf(fields.traceparent);
    if (refused !== undefined) return refused;
    if (peer.trusted) {
      known.address = addresses.clientOf(peer, fields.forwardedFor);
      const said = saidScheme(fields.forwardedProto);
      if (said !== undefined) known.scheme = said;
      if (said === "http" && refuseCleartext) return cleartext;
    }
    return readTarget(known);
  };
}

function readTarget(known: {
  readonly arrival: Arrival;
  path: string;
  query: string;
}): Refusal | undefined {
  const { method, target } = known.arrival;
  if (!isServedMethod(method))
    return refuse(problems["method-unsupported"], {
      detail: `method ${JSON.stringify(method.slice(0, 20))}`,
    });
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
  return undefined;
}
