import type { Refusal, Violation } from "./refusal.ts";

/** How a body is read. `opaque` is streamed: no schema looks into it. */
export type BodyKind = "json" | "form" | "multipart" | "text" | "opaque";

/** How a body of one media type is read, and what the document says of it. */
export interface BodyReading {
  readonly kind: BodyKind;
  /** The Content-Type field in its one spelling. */
  readonly contentType: string;
  /** The value that the bytes stand for, in the one way in which they can be read. */
  read(bytes: Buffer): ReadBody | Refusal;
  /** Where the value does not fit the document; undefined where it does. */
  fits(value: unknown): Violation | undefined;
}

/** A body as it was read. */
export interface ReadBody {
  readonly value: unknown;
  /** The same body in its one spelling; undefined where the bytes are written so already. */
  readonly written?: WrittenBody | undefined;
}

export interface WrittenBody {
  readonly bytes: Buffer;
  /** Where another field than the reading's must describe the bytes: a boundary of the gate's. */
  readonly contentType?: string;
}

export interface StreamBound {
  readonly mostBytes: number;
  readonly refusal: Refusal;
}
