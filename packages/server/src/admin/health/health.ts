import { route, type Route } from "../route.ts";

export interface Health {
  /** In the text format of Prometheus. */
  readonly metrics: () => string;
  /** Undefined when ready; otherwise what is missing, in words. */
  readonly notReady: () => string | undefined;
  /** Parts that are lost while requests go on being served. */
  readonly degraded: () => readonly { readonly part: string; readonly lost: string | undefined }[];
}

const plain = "text/plain; charset=utf-8";
const prometheus = "text/plain; version=0.0.4; charset=utf-8";
const schema = { type: "string" };

/** A 503 on every node at once would be the outage that the loss of the part is not. */
const lineOf = ({ lost, part }: ReturnType<Health["degraded"]>[number]): string =>
  `degraded: ${part}: ${lost ?? ""}\n`;

/** Whether the gate lives, serves, and how it fares: for those who watch over it. */
export const healthRoutes = ({ degraded, metrics, notReady }: Health): readonly Route[] => [
  route({
    method: "GET",
    path: "/healthz",
    operationId: "readHealth",
    summary: "Whether the program lives",
    needs: "nothing",
    answer: { status: 200, description: "It lives.", mediaType: plain, schema },
    handle: () => ({ status: 200, text: "ok\n", mediaType: plain }),
  }),
  route({
    method: "GET",
    path: "/readyz",
    operationId: "readReadiness",
    summary:
      "Whether requests can be served; 503 says what is missing, and 200 which parts are lost",
    needs: "nothing",
    answer: { status: 200, description: "They can.", mediaType: plain, schema },
    handle: () => {
      const missing = notReady();
      return missing === undefined
        ? { status: 200, text: `ready\n${degraded().map(lineOf).join("")}`, mediaType: plain }
        : { status: 503, text: `not ready: ${missing}\n`, mediaType: plain };
    },
  }),
  route({
    method: "GET",
    path: "/metrics",
    operationId: "readMetrics",
    summary: "Counts and durations in the text format of Prometheus",
    needs: "nothing",
    answer: { status: 200, description: "The metrics.", mediaType: prometheus, schema },
    handle: () => ({ status: 200, text: metrics(), mediaType: prometheus }),
  }),
];
