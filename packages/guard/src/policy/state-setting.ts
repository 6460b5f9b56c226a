import { object, optional, required } from "./object-shape.ts";
import { type RedisPlan, redisForms } from "../state/redis/redis-plan.ts";
import { planUpstreamTls, upstreamTls, type UpstreamTlsPlan } from "./upstream-tls.ts";
import type { NoteFault } from "./join-context.ts";
import {
  choice,
  duration,
  oneOrMore,
  type Read,
  scalar,
  scalarOr,
  text,
  withheld,
} from "./shape.ts";

const isAddress = (value: unknown): value is string =>
  typeof value === "string" && /^rediss?:\/\/./.test(value) && URL.parse(value) !== null;

const address = withheld(
  scalar(
    "an address such as rediss://a.internal:6379",
    (value) => (isAddress(value) ? value : undefined),
    { type: "string" },
  ),
);

/** What a control does without the memory that it shares with others. */
export const onLossWords = ["local", "deny"] as const;
export type OnLoss = (typeof onLossWords)[number];
export const onLoss = choice(...onLossWords);

/** Where what many requests share is counted. */
export const stateSetting = scalarOr(
  withheld(
    scalar(
      "memory, or an address such as redis://127.0.0.1:6379",
      (value) => (value === "memory" || isAddress(value) ? value : undefined),
      { type: "string" },
    ),
  ),
  object({
    redis: required(
      oneOrMore(address),
      "Addresses of Redis or Valkey: one server, nodes of a cluster, or sentinels.",
    ),
    form: optional(
      choice(...redisForms),
      "How these work together; without a word it is asked of whoever answers.",
    ),
    master: optional(
      text("a name such as mymaster", /^[A-Za-z0-9._-]{1,128}$/),
      "The name by which sentinels know the server. Needed with form: sentinel.",
    ),
    tls: optional(
      upstreamTls,
      "Which certificates of servers at rediss:// are believed, and which one the gate shows.",
    ),
    timeout: optional(duration, "How long an answer may take before the server is lost (100ms)."),
    onStateLoss: optional(
      onLoss,
      "Limits while Redis is lost, unless onStateLoss.limit says it: counted here, or refused.",
    ),
  }),
);
export type StateSetting = Read<typeof stateSetting>;

/** Where Redis is, and how it is known there; files by their paths as written. */
export interface StateAtRedis extends RedisPlan {
  readonly tls?: UpstreamTlsPlan;
}

export type StatePlan = "memory" | StateAtRedis;

const usualTimeoutMs = 100;

export function planState(setting: StateSetting = "memory"): StatePlan {
  if (setting === "memory") return "memory";
  if (typeof setting === "string")
    return {
      addresses: [setting],
      form: "asked",
      master: undefined,
      timeoutMs: usualTimeoutMs,
    };
  const { form, master, redis, timeout, tls } = setting;
  return {
    ...(tls === undefined ? {} : { tls: planUpstreamTls(tls) }),
    addresses: redis,
    form: form ?? (master === undefined ? "asked" : "sentinel"),
    master,
    timeoutMs: timeout ?? usualTimeoutMs,
  };
}

/** What limits do while Redis is lost, as far as the setting of the state says it. */
export const lossOfLimits = (setting: StateSetting | undefined): OnLoss =>
  (typeof setting === "object" ? setting.onStateLoss : undefined) ?? "local";

/** What the addresses and the form say against each other. */
export function noteState(setting: StateSetting | undefined, note: NoteFault): void {
  if (setting === undefined || typeof setting === "string") return;
  const { form, master, redis, timeout, tls } = setting;
  if (tls !== undefined && redis.some((one) => !one.startsWith("rediss:")))
    note(["state", "tls"], "a server at redis:// speaks no TLS, and proves nothing", {
      expected: "addresses such as rediss://a.internal:6379",
    });
  if ((tls?.cert === undefined) !== (tls?.key === undefined))
    note(["state", "tls"], "a certificate and its key belong together", {
      expected: "cert and key, or neither",
    });
  if (form === "sentinel" && master === undefined)
    note(["state", "form"], "sentinels know several servers, and 'master' does not say which", {
      expected: "state: { redis: [...], form: sentinel, master: mymaster }",
    });
  if (form !== undefined && form !== "sentinel" && master !== undefined)
    note(["state", "master"], `only sentinels know names, and the form is '${form}'`, {
      expected: "form: sentinel, or no 'master'",
    });
  if (form === "single" && redis.length > 1)
    note(["state", "redis"], "one server has one address", {
      expected: "one address, or form: sentinel or cluster",
    });
  if (timeout === 0)
    note(["state", "timeout"], "nothing answers in no time", { expected: "such as 30ms" });
  if (form === "cluster" && redis.some((one) => (URL.parse(one)?.pathname ?? "").length > 1))
    note(["state", "redis"], "a cluster has no databases with numbers", {
      expected: "addresses without a path",
    });
  const [first, ...others] = redis.map((one) => URL.parse(one));
  const isAlike = (other: URL | null): boolean =>
    other?.protocol === first?.protocol &&
    other?.username === first?.username &&
    other?.password === first?.password &&
    other?.pathname === first?.pathname;
  if (!others.every(isAlike))
    note(["state", "redis"], "servers of one state are entered in one way", {
      expected: "addresses that differ in host and port alone",
    });
}
