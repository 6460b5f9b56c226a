import type { AskLookup, LookupPlan } from "../authorization/owner-rule.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { WriteVersions } from "../state/write-versions.ts";
import type { Upstream } from "../upstream.ts";
import { childTraceparent } from "./10-arrive.ts";
import type { IdentityAssertion } from "./80-forward.ts";
import type { JourneyExchange } from "./step.ts";

type Asked = { readonly answer: unknown } | Refusal;

const mostBytes = 262_144;
const mostRemembered = 10_000;
/** Long enough for a burst of writes to one object; short enough that a change of owner that the gate did not see is soon seen. */
const livesMs = 2000;

/** What lookups have answered lately, by path and by who asked: another caller may be answered something else. */
export class LookupMemory {
  readonly #answers = new Map<string, { readonly asked: Asked; readonly until: number; readonly version: number }>();
  readonly #writes: WriteVersions;

  constructor(writes: WriteVersions) {
    this.#writes = writes;
  }

  get(user: string, path: string, nowMs: number): Asked | undefined {
    const known = this.#answers.get(`${path}\n${user}`);
    return known === undefined || known.until < nowMs || known.version !== this.#writes.of(path) ? undefined : known.asked;
  }

  /** To be taken before the backend is asked: an answer that a write overtook is not remembered. */
  version(path: string): number {
    return this.#writes.of(path);
  }

  set(user: string, path: string, asked: Asked, nowMs: number, version: number): void {
    if (this.#answers.size >= mostRemembered) this.#answers.clear();
    this.#answers.set(`${path}\n${user}`, { asked, until: nowMs + livesMs, version });
  }

  forget(path: string): void {
    this.#writes.written(path);
  }
}

/**
 * Asks the backend's own GET as the caller would, before the caller's request goes on. Between the answer and the request
 * another request may change the owner: that race is the backend's, and no gate can close it.
 */
export function compileLookup(upstream: Upstream, memory: LookupMemory, assertIdentity: IdentityAssertion | undefined): (exchange: JourneyExchange) => AskLookup {
  return (exchange) => async (lookup, values) => {
    const path = pathOf(lookup, values);
    const user = exchange.user ?? "";
    const known = memory.get(user, path, exchange.receivedAtMs);
    if (known !== undefined) return known;
    const version = memory.version(path);
    const asked = await ask(upstream, exchange, path, assertIdentity);
    if (!("code" in asked) || asked.code === "object-not-yours") memory.set(user, path, asked, exchange.receivedAtMs, version);
    return asked;
  };
}

function pathOf({ literals }: LookupPlan, values: readonly string[]): string {
  let path = literals[0] ?? "";
  values.forEach((value, index) => (path += `${value}${literals[index + 1] ?? ""}`));
  return path;
}

/** Fields of the caller's own request that are not of the lookup: what it sends, on which condition, and what it takes. */
const ofTheRequest = /^(?:content-.*|if-.*|range|accept|accept-encoding|idempotency-key|prefer)$/;

function ask(upstream: Upstream, exchange: JourneyExchange, path: string, assertIdentity: IdentityAssertion | undefined): Promise<Asked> {
  const headers: string[] = [];
  const { forwardHeaders, known } = exchange;
  for (let index = 0; index < forwardHeaders.length; index += 2) {
    const name = (forwardHeaders[index] as string).toLowerCase();
    if (!ofTheRequest.test(name)) headers.push(forwardHeaders[index] as string, forwardHeaders[index + 1] as string);
  }
  if (known.host !== undefined) headers.push("Host", known.host);
  headers.push("Accept", "application/json", "Accept-Encoding", "identity", "X-Forwarded-For", exchange.address, "traceparent", childTraceparent(exchange.traceId));
  const identity = assertIdentity?.(exchange);
  if (identity !== undefined) headers.push("Portcullis-Identity", identity);
  const unknown = (detail: string): Refusal => refuse("owner-unknown", { detail, retryAfterSeconds: 1 });
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    const forwarding = upstream.forward(
      { method: "GET", target: path, headers, body: null, repeatable: true },
      {
        onHead: (answered) => {
          status = answered;
        },
        onData: (chunk) => {
          bytes += chunk.length;
          if (bytes <= mostBytes) parts.push(chunk);
          else {
            resolve(unknown(`the lookup's answer is larger than ${mostBytes} bytes`));
            forwarding.abort();
          }
          return true;
        },
        onEnd: () => resolve(read(status, parts, unknown)),
        onFault: (code, detail) => resolve(unknown(`the lookup failed: ${code} ${detail}`)),
      },
    );
  });
}

function read(status: number, parts: readonly Buffer[], unknown: (detail: string) => Refusal): Asked {
  if (status === 404 || status === 403 || status === 410) return refuse("object-not-yours", { detail: `the lookup was answered ${status}` });
  if (status !== 200) return unknown(`the lookup was answered ${status}`);
  try {
    return { answer: JSON.parse(Buffer.concat(parts).toString()) as unknown };
  } catch {
    return unknown("the lookup's answer is not JSON");
  }
}
