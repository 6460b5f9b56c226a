import type { AskBackend, Told } from "../controls/compile-context.ts";
import type { BackendReading } from "../policy/backend-reading.ts";
import type { Upstream, UpstreamFaultCode } from "../ports/upstream.ts";
import { callerOf, sayWhoCalls, type Telling, withoutRequestFields } from "./backend-fields.ts";
import { BoundReceiver, gateFault } from "./boundary.ts";

/**
 * Asks a backend a GET in the caller's name, for controls that must know more than they see. Whose
 * app says who it is beside the data of a body is asked for as that app would ask: by a POST that
 * stands for the GET.
 */
export function compileAskBackend(
  upstream: Upstream,
  telling: Telling,
  { methodFrom }: Pick<BackendReading, "methodFrom">,
): AskBackend {
  return (known, target, mostBytes) => {
    const headers = withoutRequestFields(known.forwardFields);
    headers.push("Accept", "application/json", "Accept-Encoding", "identity");
    const { envelope } = known;
    const framed =
      envelope === undefined || methodFrom?.in !== "body"
        ? undefined
        : Buffer.from(JSON.stringify({ [methodFrom.name]: "GET", ...envelope }));
    if (framed !== undefined)
      headers.push("Content-Type", "application/json", "Content-Length", String(framed.length));
    sayWhoCalls(headers, known, telling);
    return new Promise<Told>((resolve) => {
      const receiver = new ReceiveTold(mostBytes, resolve);
      const forwarding = upstream.forward(
        {
          method: framed === undefined ? "GET" : "POST",
          target,
          headers,
          body: framed ?? null,
          repeatable: true,
          caller: callerOf(known),
          urgency: known.urgency,
          shedding: known.shedding,
        },
        receiver,
      );
      receiver.whenTooLarge(() => forwarding.abort());
    });
  };
}

/** Keeps what is told, up to a bound. */
class ReceiveTold extends BoundReceiver {
  readonly #mostBytes: number;
  readonly #resolve: (told: Told) => void;
  readonly #parts: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #isShared = false;
  #abort: (() => void) | undefined;

  constructor(mostBytes: number, resolve: (told: Told) => void) {
    super();
    this.#mostBytes = mostBytes;
    this.#resolve = resolve;
  }

  whenTooLarge(abort: () => void): void {
    this.#abort = abort;
  }

  protected takeHead(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#isShared = isSharedAnswer(headers);
  }

  protected takeData(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#mostBytes) this.#parts.push(chunk);
    else {
      this.#resolve({ failed: `the answer is larger than ${this.#mostBytes} bytes` });
      this.#abort?.();
    }
    return true;
  }

  protected takeEnd(): void {
    this.#resolve({
      status: this.#status,
      body: Buffer.concat(this.#parts),
      isShared: this.#isShared,
    });
  }

  protected takeFault(code: UpstreamFaultCode, detail: string): void {
    this.#resolve({ failed: `${code} ${detail}` });
  }

  protected fail(fault: unknown): void {
    this.#resolve({ failed: `gate-fault ${gateFault(fault).detail}` });
  }
}

function isSharedAnswer(headers: readonly string[]): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const name = (headers[index] as string).toLowerCase();
    if (name === "age") return true;
    if (name === "cache-control" && /\b(public|s-maxage)\b/i.test(headers[index + 1] as string))
      return true;
  }
  return false;
}
