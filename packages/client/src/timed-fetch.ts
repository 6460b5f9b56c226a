import { after, newAbort } from "./platform-defaults.ts";
import type { Fetch, FetchRequest } from "./ports.ts";

/** No answer in time. */
export class TimedOut extends Error {
  constructor(ms: number) {
    super(`no answer in ${ms} ms`);
    this.name = "TimeoutError";
  }
}

/**
 * A request that is given up after so long, or when the caller says so: on every platform, since it
 * needs neither AbortSignal.timeout nor AbortSignal.any. The body of the answer is under the same
 * time where the platform can abort.
 *
 * @throws whatever the platform throws where the network fails; TimedOut; the caller's own reason
 */
export function timedFetch(
  send: Fetch,
  url: string,
  request: Omit<FetchRequest, "signal" | "redirect">,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const control = newAbort();
    const stop = (): void => {
      reject(reasonOf(signal));
      control.abort();
    };
    const forget = after(timeoutMs, () => {
      signal?.removeEventListener("abort", stop);
      reject(new TimedOut(timeoutMs));
      control.abort();
    });
    signal?.addEventListener("abort", stop);
    const whole: FetchRequest = {
      ...request,
      redirect: "manual",
      ...(control.signal === undefined ? {} : { signal: control.signal }),
    };
    send(url, whole).then(resolve, (fault: unknown) => {
      forget();
      signal?.removeEventListener("abort", stop);
      reject(fault);
    });
  });
}

/** Older platforms know that it was given up, but not why. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  if (reason instanceof Error) return reason;
  const fault = new Error("the request was given up");
  fault.name = "AbortError";
  return fault;
}
