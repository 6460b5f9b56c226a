import { noteUnkeptQuotas, type QuotaPolicy } from "./quotas.ts";
import type {
  JoinContext,
  PolicyKeys,
  PolicyOf,
  Settings,
  UpstreamSetting,
} from "@portcullis/guard/policy";
import {
  choice,
  duration,
  flag,
  integer,
  object,
  optional,
  required,
  scalarOr,
  size,
  text,
  withheld,
} from "@portcullis/guard/policy-shapes";
import { adminFaults, adminKeys, isLoopback } from "./admin-keys.ts";
import { alertKeys, noteOpenAlerts } from "./alert-keys.ts";
import { exportKeys, noteOpenExports } from "./export-keys.ts";
import { detectKeys } from "./detect-keys.ts";
import { postureKeys } from "./posture-keys.ts";
import { noteRespond, respondKeys } from "./respond-keys.ts";
import { noteUpstreamTls } from "./upstream-faults.ts";

const port = integer(0, 65_535);

const hsts = object({
  maxAge: required(duration, "How long browsers remember to use https only."),
  includeSubDomains: optional(flag, "Whether it holds for subdomains too."),
  preload: optional(flag, "Whether browsers may ship the name in their lists."),
});

const hstsOrOff = scalarOr(choice("off"), hsts);

const certificate = object({
  cert: optional(text("a certificate's path"), "The certificate chain, PEM."),
  key: optional(withheld(text("a key's path")), "The private key, PEM."),
  minVersion: optional(choice("TLSv1.2", "TLSv1.3"), "The oldest TLS that is spoken (TLSv1.3)."),
  cleartextPort: optional(port, "A port that answers and counts unencrypted requests."),
  cleartext: optional(
    choice("refuse", "redirect"),
    "Whether unencrypted requests are refused, or browsers sent to https.",
  ),
  hsts: optional(hstsOrOff, "What Strict-Transport-Security says to browsers."),
});

const timeouts = object({
  handshake: optional(duration, "How long a TLS handshake may take (10s)."),
  firstByte: optional(duration, "How long a new connection may say nothing (30s)."),
  head: optional(duration, "How long the head of a request may take from its first byte on (10s)."),
  idle: optional(duration, "How long a connection is kept on which nothing is asked (120s)."),
  stall: optional(
    duration,
    "How long a caller may take nothing of an answer, or send nothing of a body, that is due (30s).",
  ),
  leastRate: optional(
    integer(1, 1_000_000),
    "How many bytes a second a caller must take or send while some are due (100).",
  ),
});

const connections = object({
  most: optional(
    integer(1, 10_000_000),
    "How many connections are open at most (three fifths of the process's descriptors).",
  ),
  forKnown: optional(
    integer(0, 90),
    "How many percent of them are kept for addresses from which somebody has signed in in the last ten minutes (25).",
  ),
  perAddress: optional(integer(1, 10_000_000), "How many of them are of one address (1024)."),
  perNetwork: optional(
    integer(1, 10_000_000),
    "How many of them are of one IPv6 network of 64 bits (1024).",
  ),
});

const requests = object({
  perConnection: optional(
    integer(1, 10_000),
    "How many requests are underway on one connection over HTTP/2 (128).",
  ),
  perAddress: optional(
    integer(1, 10_000_000),
    "How many requests of one address are underway, over all its connections (1024).",
  ),
  perNetwork: optional(
    integer(1, 10_000_000),
    "How many requests of one IPv6 network of 64 bits are underway (1024).",
  ),
  resets: optional(
    integer(1, 1_000_000),
    "How many requests a second may be taken back on one connection, and six times as many at once (33).",
  ),
  resetsPerAddress: optional(
    integer(1, 1_000_000),
    "How many requests a second one address or IPv6 network may take back, and six times as many at once (200).",
  ),
  controlFrames: optional(
    integer(1, 1_000_000),
    "How many pings and settings a second a connection over HTTP/2 may send, and six times as many at once (20).",
  ),
});

const listen = object({
  host: optional(
    text("an address such as 0.0.0.0, :: or 10.0.0.4"),
    "The address to listen on (0.0.0.0; with tls: off, 127.0.0.1).",
  ),
  port: optional(port, "The gate's port (8443)."),
  tls: optional(
    scalarOr(choice("local", "off"), certificate),
    "The certificate; local makes one that this machine alone trusts.",
  ),
  hsts: optional(
    hstsOrOff,
    "What Strict-Transport-Security says where TLS ends before the gate (max-age of a year).",
  ),
  proxyProtocol: optional(
    flag,
    "Whether trustedProxies begin each connection with a PROXY protocol header of version 2.",
  ),
  timeouts: optional(timeouts, "How long callers may take; trustedProxies are held to it too."),
  connections: optional(
    connections,
    "How many connections there may be; those of trustedProxies are not counted.",
  ),
  requests: optional(
    requests,
    "How many requests may be underway or taken back; those over trustedProxies count for the address that they forward.",
  ),
  heldBytes: optional(
    size,
    "How many bytes of bodies and answers are held at the same time, over all threads; half of it for callers who have not signed in (128MiB).",
  ),
  lameDuck: optional(
    duration,
    "How long everything is served still after SIGTERM, while /readyz says 503 (5s).",
  ),
  drain: optional(
    duration,
    "How long requests in flight may take when no more connections are taken (10s).",
  ),
  share: optional(
    flag,
    "Whether other gates may serve on the same port, when all of them say so (false).",
  ),
  threads: optional(integer(1, 256), "How many gate threads serve (one per core)."),
});

const keys = {
  root: {
    listen: optional(listen, "Where the gate listens, and with which certificate."),
    admin: optional(adminKeys, "Where the admin API and the metrics are."),
    detect: optional(detectKeys, "What attacks are looked for, and how surely."),
    respond: optional(respondKeys, "What is done about an attack, by detector."),
    alerts: optional(alertKeys, "Who is told of incidents."),
    export: optional(exportKeys, "Where records and metrics are sent on to."),
    posture: optional(postureKeys, "Who looks after which control, for `portcullis posture`."),
    store: optional(
      withheld(
        text("a file such as ./.portcullis/portcullis.db, or postgres://user@host/database"),
      ),
      "Where accounts, sessions, revocations and the audit trail are kept.",
    ),
  },
} satisfies PolicyKeys;

type ServerPolicy = PolicyOf<typeof keys> & {
  readonly trustedProxies?: readonly string[];
  readonly apis: readonly { readonly upstream: UpstreamSetting }[];
} & QuotaPolicy;

/** What the program around the gate adds to the policy. */
export const serverSettings: Settings<typeof keys> = {
  name: "server",
  keys,
  plan(policy: ServerPolicy, { note }: JoinContext): undefined {
    const { apis, trustedProxies = [] } = policy;
    adminFaults(policy.admin ?? {}, note);
    noteUpstreamTls(apis, note);
    noteUnkeptQuotas(policy, note);
    noteOpenAlerts(policy.alerts ?? [], note);
    noteRespond(policy.respond ?? {}, note);
    noteOpenExports(policy.export ?? [], note);
    const { host = "127.0.0.1", tls } = policy.listen ?? {};
    if (tls === "off" && !isLoopback(host) && trustedProxies.length === 0)
      note(["listen", "host"], "what callers send can be read on its way here", {
        severity: "warning",
        expected: "a certificate under listen.tls, or trustedProxies: the proxies where TLS ends",
      });
    if (policy.listen?.proxyProtocol === true && trustedProxies.length === 0)
      note(["listen", "proxyProtocol"], "nobody's PROXY header is believed", {
        expected: "trustedProxies: the addresses of the proxies that send it",
      });
  },
};
