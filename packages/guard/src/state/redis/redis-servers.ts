import type { ConnectionOptions } from "node:tls";
import type { RedisPlan } from "./redis-plan.ts";

/** One server of Redis that serves all keys, or a part of them. */
export interface RedisServer {
  /** Host and port. */
  readonly name: string;
  /** Connected, as far as is known. */
  readonly isReady: boolean;
  /** A key that this server serves. */
  readonly ownKey: string;
}

/**
 * The servers that one connecting has found. What is sent goes where its key lives by then: a
 * cluster's redirections (MOVED, ASK) are followed.
 */
export interface RedisServers {
  /** Undefined where nobody serves the key. */
  serverOf(key: string): RedisServer | undefined;
  /** Keys of one place can be changed by one script. */
  placeOf(key: string): number;
  all(): readonly RedisServer[];
  send(key: string, words: readonly string[]): Promise<unknown>;
  /** Whether the keys have moved to servers that this connection does not know. */
  isOutdated(): Promise<boolean>;
  destroy(): void;
}

/** What `tls.connect` needs beside where a server is: whom to believe, and who the gate is. */
export type RedisTls = Pick<
  ConnectionOptions,
  "ca" | "cert" | "key" | "servername" | "checkServerIdentity"
>;

/** How a server at an address is reached: over TLS, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
export const socketTls = (address: string, tls: RedisTls | undefined) =>
  address.startsWith("rediss:")
    ? { tls: true as const, minVersion: "TLSv1.2" as const, rejectUnauthorized: true, ...tls }
    : {};

export interface OpenServers {
  readonly plan: RedisPlan;
  /** Of servers at rediss://; without it the public authorities are believed. */
  readonly tls?: RedisTls | undefined;
  /** A connection was made or lost. */
  readonly onChange: (fault?: unknown) => void;
}

/** A form of Redis cannot be what it was said to be, and waiting does not mend it. */
export class WrongForm extends Error {}

/** How long making a connection may take, with its first questions. */
export const connectTimeoutMs = 1000;

/** What every connection to a server is opened with. */
export const clientOptions = {
  RESP: 3,
  disableOfflineQueue: true,
  commandsQueueMaxLength: 50_000,
  pingInterval: 5000,
  // The breaker times every question, and one timer for each is enough.
  commandOptions: { timeout: 0 },
} as const;

/** How soon a connection that has broken is made again. */
export const reconnectStrategy = (retries: number): number =>
  Math.min(50 * 2 ** Math.min(retries, 4), 500);
