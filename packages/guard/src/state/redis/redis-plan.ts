/** How servers of Redis may work together. */
export const redisForms = ["single", "sentinel", "cluster"] as const;

/** The form of what serves; `asked` finds it out of whoever answers. */
export type RedisFormName = (typeof redisForms)[number] | "asked";

/** Where Redis or Valkey is, as the plan holds it. */
export interface RedisPlan {
  readonly addresses: readonly string[];
  readonly form: RedisFormName;
  /** The name by which sentinels know the server. */
  readonly master: string | undefined;
  /** Longer than this, and a server counts as lost until it answers again. */
  readonly timeoutMs: number;
}
