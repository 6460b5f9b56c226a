import type { Connection } from "./connection.ts";
import type { Exchange } from "./exchange.ts";

export interface ConnectionTimes {
  readonly connectTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

/** Whoever has opened a connection. */
export interface ConnectionOwner {
  /** Its answer has come to its end, and it can carry another. */
  freed(connection: Connection): void;
  /** It ends before anything of this one was sent: another connection can carry it. */
  givenBack(exchange: Exchange): void;
  /** It is closed. */
  gone(connection: Connection): void;
}
