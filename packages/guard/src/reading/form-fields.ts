import { type Pair, readPairs } from "./query-pairs.ts";

const mostFields = 1000;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The fields of an application/x-www-form-urlencoded body. Undefined where it cannot be read in one
 * way.
 */
export function readFormFields(bytes: Uint8Array): readonly Pair[] | undefined {
  try {
    const text = decoder.decode(bytes);
    return /^[\u0021-\u007e]*$/.test(text) ? readPairs(text, mostFields) : undefined;
  } catch {
    return undefined;
  }
}
