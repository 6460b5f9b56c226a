import type { Upstream } from "@portcullis/guard/upstream";

/** What a backend without any idea of its callers says to a request. */
export interface Said {
  readonly status?: number;
  readonly headers?: readonly string[];
  readonly json?: unknown;
}

/** A backend that answers with JSON, by the method, the target and the body of a request. */
export const answering = (
  say: (method: string, target: string, body: string) => Said,
): Upstream => ({
  forward({ body, method, target }, receiver) {
    const text = Buffer.isBuffer(body) ? body.toString() : "";
    const { headers = [], json, status = 200 } = say(method, target, text);
    receiver.onHead(status, ["Content-Type", "application/json", ...headers]);
    if (method !== "HEAD") receiver.onData(Buffer.from(JSON.stringify(json ?? {})));
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
});
