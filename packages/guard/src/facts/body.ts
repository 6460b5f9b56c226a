import type { Refusal, Violation } from "./refusal.ts";

/** How a body is read. `opaque` is streamed: no schema looks into it. */
export type BodyKind = "json" | "form" | "multipart" | "text" | "opaque";

/** How a body of one media type is read, and what the document says of it. */
export interface BodyReading {
  readonly kind: BodyKind;
  /** The value that the bytes stand for, in the one way in which they can be read. */
  read(bytes: Buffer): { readonly value: unknown } | Refusal;
  /** Where the value does not fit the document; undefined where it does. */
  fits(value: unknown): Violation | undefined;
}
