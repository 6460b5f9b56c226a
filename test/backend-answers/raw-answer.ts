/** What must be made of bytes that a backend sends as its answer. */
export type Verdict =
  /** A whole answer. */
  | {
      readonly status: number;
      readonly body: string;
      readonly trailers?: readonly string[];
      /** Whether the connection may carry another answer behind it. */
      readonly reusable: boolean;
    }
  /** No answer, or one that breaks off where it can be told to be none. */
  | "malformed"
  /** More would have to come. */
  | "cut";

/** One row: bytes, and what must be made of them. */
export interface RawAnswer {
  /** The rule that it is about. */
  readonly what: string;
  readonly method: "GET" | "HEAD";
  readonly bytes: Buffer;
  readonly verdict: Verdict;
}

export const raw = (text: string): Buffer => Buffer.from(text, "latin1");

export const malformed = (
  what: string,
  text: string,
  method: RawAnswer["method"] = "GET",
): RawAnswer => ({
  what,
  method,
  bytes: raw(text),
  verdict: "malformed",
});

export const answered = (
  what: string,
  text: string,
  verdict: Partial<Exclude<Verdict, string>> = {},
  method: RawAnswer["method"] = "GET",
): RawAnswer => ({
  what,
  method,
  bytes: raw(text),
  verdict: { status: 200, body: "", reusable: true, ...verdict },
});

/** How a byte is shown in the name of a row. */
export const shown = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

export const everyByte: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);
