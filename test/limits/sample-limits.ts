import type { App } from "../../packages/guard/src/facts/app.ts";
import type { Caller } from "../../packages/guard/src/facts/caller.ts";
import type { Refusal } from "../../packages/guard/src/facts/refusal.ts";
import type { LimitForm, LimitRule, Tiers } from "../../packages/guard/src/controls/limit/rules.ts";
import {
  compileLimits,
  type TakingFacts,
  type TakingParts,
} from "../../packages/guard/src/controls/limit/take-limits.ts";
import { readApp } from "../../packages/guard/src/facts/app.ts";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";

const minute = 60_000;

/** Who sends a request: nobody signed in, from the usual address, unless it says otherwise. */
export interface Sender {
  readonly address?: string;
  readonly user?: string;
  readonly device?: string;
  readonly tier?: string;
  readonly app?: string;
  readonly body?: unknown;
  readonly atMs?: number;
}

/** What of a request is known when it takes from its limits. */
export function sentBy(sender: Sender): TakingFacts & { body: unknown } {
  const { address = "203.0.113.1", app, atMs = 0, body, device, tier, user } = sender;
  const caller: Caller | undefined =
    user === undefined && device === undefined
      ? undefined
      : { ...nobody, subject: user ?? "", key: user ?? "", deviceId: device, tier };
  const build: App | undefined = app === undefined ? undefined : readApp(app);
  return {
    address,
    app: build,
    caller,
    body,
    fields: { contentLength: undefined },
    answerFields: [],
    receivedAtMs: atMs,
    reserved: undefined,
  };
}

const nobody: Caller = {
  subject: "",
  source: "issuer",
  key: "",
  elsewhere: false,
  clientId: undefined,
  scopes: [],
  roles: [],
  tier: undefined,
  deviceId: undefined,
  boundKey: undefined,
  boundCertificate: undefined,
  sessionId: undefined,
  accountVersion: undefined,
  tokenId: undefined,
  issuedAtSeconds: undefined,
  expiresAtSeconds: 0,
  claims: {},
};

/** A form of a limit; one a minute, unless it says otherwise. */
export const formOf = (form: Partial<LimitForm> = {}): LimitForm => ({
  app: undefined,
  cost: 1,
  bound: { kind: "rate", rate: { count: 1, windowMs: minute }, burst: undefined },
  ...form,
});

export const perMinute = (count: number, burst?: number): LimitForm =>
  formOf({ bound: { kind: "rate", rate: { count, windowMs: minute }, burst } });

export const ruleOf = (rule: Partial<LimitRule>, index = 0): LimitRule => ({
  name: `limit-${index}`,
  place: `1.${index + 1}`,
  kind: (rule.forms?.[0] ?? formOf()).bound.kind,
  per: ["address"],
  measure: { of: "requests" },
  count: "all",
  zone: "UTC",
  onStateLoss: undefined,
  forms: [formOf()],
  ...rule,
});

export const tiers: Tiers = [
  ["standard", { rate: { count: 2, windowMs: minute }, quota: undefined }],
  ["premium", { rate: { count: 4, windowMs: minute }, quota: undefined }],
];

/** The limits of one operation, in a memory of their own. */
export const limitsOf = (
  rules: readonly Partial<LimitRule>[],
  parts: Partial<TakingParts> = {},
): ReturnType<typeof compileLimits> =>
  compileLimits(
    rules.map((rule, index) => ruleOf(rule, index)),
    {
      state: new SharedMemoryState(allocateSharedBuckets(4096, [1, 2]), () => 1_000_000),
      tiers,
      onStateLoss: "local",
      operation: "getAccount",
      headers: "always",
      legacyHeaders: false,
      ...parts,
    },
  );

/** Asks both moments of a request's limits, at once. */
export function asking(
  ...rules: readonly Partial<LimitRule>[]
): (sender: Sender) => Refusal | undefined {
  const { after, before } = limitsOf(rules);
  return (sender) => {
    const counted = sentBy(sender);
    return (before?.(counted) ?? after?.(counted)) as Refusal | undefined;
  };
}
