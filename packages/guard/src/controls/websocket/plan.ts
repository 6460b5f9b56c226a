import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { EntryAt, JoinContext } from "../../policy/join-context.ts";
import type { EntryOf } from "../../policy/keys.ts";
import type { Rate } from "../../reading/rate.ts";
import type { keys } from "./policy.ts";

/** The bounds of WebSockets at one operation. */
export interface WebSocketPlan {
  readonly most: number;
  readonly mostMessageBytes: number;
  readonly messages: Rate;
  readonly idleMs: number;
  readonly lifeMs: number;
}

type Setting = NonNullable<EntryOf<typeof keys>["websocket"]>;

const usual: Required<Setting> = {
  most: 8,
  maxMessageSize: 1_048_576,
  messages: { count: 100, windowMs: 1000 },
  idle: 300_000,
  life: 86_400_000,
};
const leastMs = 1000;

const switches = (operation: Operation | undefined): boolean =>
  operation?.responses.some(({ status }) => status === "101") === true;

/** Entries add up key by key; undefined where the operation has no WebSockets. */
export function planWebSockets(
  entries: readonly EntryAt<typeof keys & CoreKeys>[],
  operation: Operation | undefined,
  { note }: JoinContext,
): WebSocketPlan | undefined {
  const declared = switches(operation);
  for (const { closeness, entry, index } of entries) {
    if (entry.websocket === undefined) continue;
    const place = ["operations", String(index), "websocket"];
    if (!declared && closeness > 0 && operation !== undefined)
      note(place, `'${operation.key}' has no WebSockets`, {
        expected: "an operation that declares an answer 101",
      });
    for (const key of ["idle", "life"] as const)
      if ((entry.websocket[key] ?? leastMs) < leastMs)
        note([...place, key], `'${key}' is less than a second`, {
          expected: "a duration such as 30s, 5m or 24h",
        });
  }
  if (!declared) return undefined;
  const { idle, life, maxMessageSize, messages, most } = entries.reduce<Required<Setting>>(
    (under, { entry }) => ({ ...under, ...entry.websocket }),
    usual,
  );
  return { most, mostMessageBytes: maxMessageSize, messages, idleMs: idle, lifeMs: life };
}

/** Whose pages may open WebSockets. */
export interface OriginPlan {
  /** Those of `cors`; undefined where the policy says nothing of other origins. */
  readonly origins: readonly string[] | undefined;
}

export const planOrigins = (_policy: unknown, { namesOf }: JoinContext): OriginPlan => ({
  origins: namesOf("origin"),
});
