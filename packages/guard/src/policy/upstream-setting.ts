import { readingKeys } from "./backend-reading.ts";
import { object, optional, required } from "./object-shape.ts";
import { capacityKeys, planCapacity, type UpstreamCapacity } from "./upstream-capacity.ts";
import {
  choice,
  duration,
  integer,
  oneOrMore,
  type Read,
  scalar,
  scalarOr,
  text,
} from "./shape.ts";
import { planUpstreamTls, upstreamTls, type UpstreamTlsPlan } from "./upstream-tls.ts";

const target = scalar(
  "a backend's address such as http://127.0.0.1:4000, https://host:port or unix:/path",
  (value) => {
    if (typeof value !== "string") return undefined;
    if (/^unix:\/./.test(value)) return value;
    const parsed = URL.parse(value);
    return parsed !== null &&
      /^https?:$/.test(parsed.protocol) &&
      parsed.pathname === "/" &&
      parsed.search === "" &&
      parsed.username === ""
      ? parsed.origin
      : undefined;
  },
  { type: "string" },
);

const upstreamProtocols = ["http/1.1", "h2"] as const;
/** By its name in ALPN (RFC 7301). */
export type UpstreamProtocol = (typeof upstreamProtocols)[number];

const healthCheck = object({
  path: required(
    text("a path such as /healthz", /^\/[!-~]*$/),
    "The path that is asked with GET; any 2xx is healthy.",
  ),
  interval: optional(duration, "How often each backend is asked (5s)."),
  timeout: optional(duration, "How long an answer may take (2s)."),
  unhealthyAfter: optional(integer(1, 100), "Failures in a row after which a backend rests (3)."),
  healthyAfter: optional(integer(1, 100), "Answers in a row after which it is asked again (2)."),
});

const upstreamHostForm = /^[A-Za-z0-9][A-Za-z0-9._-]*(?::\d{1,5})?$/;

/** Where an API's backends are, and how they are asked. */
export const upstreamSetting = scalarOr(
  target,
  object({
    tls: optional(
      upstreamTls,
      "Which certificates of backends over https are believed, and which one the gate shows.",
    ),
    host: optional(
      text("keep, target, or a host name such as api.internal", upstreamHostForm),
      "The Host field that backends are told: the caller's (keep), their own (target), or a name.",
    ),
    targets: required(oneOrMore(target), "The backends; of several the least busy is asked."),
    protocol: optional(
      choice(...upstreamProtocols),
      "What the backends speak: http/1.1 (as without it), or h2: HTTP/2, as gRPC needs it.",
    ),
    prefix: optional(
      text("a path such as /internal/api", /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/),
      "The path below which the backends serve the API; put before every path they are asked for.",
    ),
    connections: optional(
      integer(1, 4096),
      "The most connections to each backend, for each gate thread; over h2, requests (128).",
    ),
    connectTimeout: optional(duration, "How long connecting may take (2s)."),
    ...capacityKeys,
    deadline: optional(
      duration,
      "How long a request may take until its answer begins, with waiting and second tries (60s).",
    ),
    headersTimeout: optional(duration, "How long the head of an answer may take (30s)."),
    bodyTimeout: optional(duration, "How long an answer may pause (30s)."),
    healthCheck: optional(healthCheck, "Asks each backend whether it is well."),
    ...readingKeys,
  }),
);
export type UpstreamSetting = Read<typeof upstreamSetting>;

/** Backends as the plan holds them. */
export interface UpstreamPlan extends UpstreamCapacity {
  readonly targets: readonly string[];
  readonly protocol: UpstreamProtocol | undefined;
  /** What backends have before every path, and apps have not. */
  readonly prefix: string | undefined;
  /** The Host field that backends are told: `keep` the caller's, their own `target`, or a name. */
  readonly host: string;
  readonly connections: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly headersTimeoutMs: number | undefined;
  readonly bodyTimeoutMs: number | undefined;
  readonly healthCheck: HealthCheckPlan | undefined;
  /** Undefined where the public authorities are believed. */
  readonly tls: UpstreamTlsPlan | undefined;
}

export interface HealthCheckPlan {
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
}

export function planUpstream(setting: UpstreamSetting): UpstreamPlan {
  const { targets, ...rest } = typeof setting === "string" ? { targets: [setting] } : setting;
  const {
    bodyTimeout,
    connections,
    connectTimeout,
    deadline,
    headersTimeout,
    healthCheck: check,
    host = "keep",
    prefix,
    protocol,
    tls,
  } = rest as Exclude<UpstreamSetting, string>;
  return {
    targets,
    protocol,
    prefix,
    host,
    connections,
    ...planCapacity(rest),
    deadlineMs: deadline,
    connectTimeoutMs: connectTimeout,
    headersTimeoutMs: headersTimeout,
    bodyTimeoutMs: bodyTimeout,
    tls: tls === undefined ? undefined : planUpstreamTls(tls),
    healthCheck:
      check === undefined
        ? undefined
        : {
            path: check.path,
            intervalMs: check.interval ?? 5000,
            timeoutMs: check.timeout ?? 2000,
            unhealthyAfter: check.unhealthyAfter ?? 3,
            healthyAfter: check.healthyAfter ?? 2,
          },
  };
}
