import { isFieldValue } from "../reading/field-value.ts";
import type { FieldRules } from "./field-rules.ts";

/** Fields behind the body that may leave; undefined where there are none. */
export function readTrailers(
  raw: readonly string[],
  rules: FieldRules,
): Record<string, string> | undefined {
  let trailers: Record<string, string> | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const value = raw[index + 1] as string;
    const { kind, name, single } = rules.of(raw[index] as string);
    // Framing, content and links belong before the body, where they are judged.
    if (kind !== "keep" || single !== undefined || !isFieldValue(value)) continue;
    const before = trailers?.[name];
    (trailers ??= {})[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return trailers;
}
