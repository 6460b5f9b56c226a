/** Digits or an exponent that a double may not keep. */
const mayLoseDigits = /\d{16}|\d[eE]|\.\d{15}/;

interface ExactJson {
  rawJSON(source: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}

/**
 * Serializes an answer from which properties were taken. Numbers that a double does not keep leave
 * as the backend wrote them: an amount or an id must not change because a neighbour was stripped.
 */
export function serializeExactly(
  original: Buffer,
  stripped: unknown,
  stripAgain: (value: unknown) => unknown,
): Buffer {
  const text = original.toString();
  if (!mayLoseDigits.test(text)) return Buffer.from(JSON.stringify(stripped));
  const json = JSON as unknown as ExactJson;
  const exact = json.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && source !== String(value)
      ? json.rawJSON(source)
      : value,
  );
  return Buffer.from(JSON.stringify(stripAgain(exact)));
}
